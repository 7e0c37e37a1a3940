"""How long ``labelsphere retag`` takes: vectors of a journal read off by a tagger of many labels.

    python benchmarks/archive_retag.py [TAGGER] [--pictures 250000] [--labels 3344] [--dim 256]

The vectors are random, and a tagger of vectors is made that is not trained, but calibrated so that
pictures get as many tags as elsewhere. TAGGER takes the place of it; its pictures' vectors are then
those of bundled icons, again and again. The outputs are not written.
"""

import argparse
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from reporting import write_results
from scipy.sparse import random_array

from labelsphere.annotations import Annotations, Vocabulary
from labelsphere.archive.identity import Identity
from labelsphere.archive.journal import Journal, RunInfo
from labelsphere.archive.records import Record
from labelsphere.archive.retagging import retag_archive
from labelsphere.archive.tagging import UNIT
from labelsphere.arrays import AnyArray
from labelsphere.datasets.icons import read_icons
from labelsphere.space import LabelSpace
from labelsphere.tagger import Architecture, Tagger
from labelsphere.tagger.choosing import TagChoice
from labelsphere.tagger.inputs import FeatureInputs, ImageInputs
from labelsphere.tagger.label_context import LabelContext


def make_tagger(labels: int, dim: int, folder: Path) -> Tagger:
    """A calibrated tagger of vectors, over random labels."""
    random = np.random.default_rng(0)
    names = Vocabulary([f"tag {number:05}" for number in range(labels)])
    matrix = random_array((2000, labels), density=10 / labels, random_state=random).tocsr()
    matrix.data[:] = 1
    matrix.sort_indices()
    tags = Annotations([str(n) for n in range(2000)], names, matrix.astype(np.float32))
    space = LabelSpace.fit(tags, dim=dim, method="random-projection")
    inputs = FeatureInputs(random.normal(size=(2000, 64)).astype(np.float32))
    tagger = Tagger(
        Architecture("mlp"), LabelContext.of(tags, space), inputs.settings(), inputs.sample_shape
    )
    tagger.calibrate(tags, inputs, np.arange(2000))
    assert tagger.calibration is not None
    # Thresholds that random points meet as often as pictures meet theirs: 33 tags of 3,344.
    points = torch.from_numpy(random.normal(size=(1000, dim)).astype(np.float32))
    probabilities = tagger.calibration.probabilities(tagger.decoder().scores(points).numpy())
    accept, suggest = np.quantile(probabilities, (0.995, 0.99), axis=0)
    tagger.calibration = replace(tagger.calibration, accept=accept, suggest=suggest)
    tagger.save(folder)
    return tagger


def icon_vectors(tagger: Tagger, count: int = 512) -> AnyArray:
    """What the decoder of a tagger of pictures reads of some icons, float16."""
    pictures = read_icons().pictures
    assert pictures is not None
    chosen = pictures.select(np.arange(0, len(pictures), len(pictures) // count)[:count])
    points = tagger.points(ImageInputs.from_settings(chosen, tagger.preparation))
    vectors: AnyArray = points.half().numpy()
    return vectors


def main() -> None:
    """Make a journal, retag it, and write the time."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tagger", nargs="?", type=Path)
    parser.add_argument("--pictures", type=int, default=250_000)
    parser.add_argument("--labels", type=int, default=3344)
    parser.add_argument("--dim", type=int, default=256)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder = given.tagger or Path(place) / "tagger"
        if given.tagger is None:
            tagger = make_tagger(given.labels, given.dim, folder)
            vectors = np.random.default_rng(1).normal(size=(UNIT, given.dim)).astype(np.float16)
        else:
            tagger = Tagger.load(folder)
            vectors = icon_vectors(tagger)
        identity = Identity.of(tagger, folder)
        info = RunInfo("", "", identity, tuple(tagger.vocabulary), calibrated=True, vectors=True)
        journal = Journal.begin(Path(place) / "run", info)
        random = np.random.default_rng(1)
        for start in range(0, given.pictures, UNIT):
            # Noise makes every picture another one.
            noise = 1 + random.normal(0, 0.01, vectors.shape)
            some = (vectors * noise).astype(np.float16)[: given.pictures - start]
            records = [
                Record(f"{start + row}.jpg", "", 1, 1, True, "", (), vector.tobytes())
                for row, vector in enumerate(some)
            ]
            journal.add(records)
        began, cpu = time.monotonic(), time.process_time()
        other = replace(identity, decoding="another")
        change = retag_archive(tagger, other, journal, TagChoice())
        seconds, cpu = time.monotonic() - began, time.process_time() - cpu
    labels, width = len(tagger.vocabulary), vectors.shape[1]
    tags = sum(change.added.values()) / change.pictures
    kind = "random" if given.tagger is None else type(tagger.decoder()).__name__
    lines = [
        "# Reading the tags of an archive again",
        "",
        f"{change.pictures:,} pictures, {labels:,} labels, vectors of {width:,} values, "
        f"{tags:.1f} tags a picture: {seconds:.1f} s, {cpu:.1f} s of processor time.",
    ]
    values = {"seconds": seconds, "processor_seconds": cpu, "tags": tags, "decoder": kind}
    write_results("archive_retag" if given.tagger is None else "archive_retag_icons", lines, values)


if __name__ == "__main__":
    main()
