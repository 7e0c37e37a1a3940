"""How long ``labelsphere retag`` takes: vectors of a journal read off by a tagger of many labels.

    python benchmarks/archive_retag.py [--pictures 250000] [--labels 3344] [--dim 256]

The vectors are random, the tagger is not trained but calibrated: the work is that of a real one.
"""

import argparse
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from scipy.sparse import random_array

from labelsphere.annotations import Annotations, Vocabulary
from labelsphere.archive.identity import Identity
from labelsphere.archive.journal import Journal, RunInfo
from labelsphere.archive.records import Record
from labelsphere.archive.retagging import retag
from labelsphere.archive.tagging import UNIT
from labelsphere.space import LabelSpace
from labelsphere.tagger import Architecture, Tagger
from labelsphere.tagger.choosing import TagChoice
from labelsphere.tagger.inputs import FeatureInputs
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


def main() -> None:
    """Make a journal, retag it, and print the time."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pictures", type=int, default=250_000)
    parser.add_argument("--labels", type=int, default=3344)
    parser.add_argument("--dim", type=int, default=256)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        tagger = make_tagger(given.labels, given.dim, folder / "tagger")
        identity = Identity.of(tagger, folder / "tagger")
        info = RunInfo("", "", identity, tuple(tagger.vocabulary), calibrated=True, vectors=True)
        journal = Journal.begin(folder / "run", info)
        random = np.random.default_rng(1)
        for start in range(0, given.pictures, UNIT):
            vectors = random.normal(size=(min(UNIT, given.pictures - start), given.dim))
            records = [
                Record(f"{start + row}.jpg", "", 1, 1, True, "", (), vector.tobytes())
                for row, vector in enumerate(vectors.astype(np.float16))
            ]
            journal.add(records)
        began, cpu = time.monotonic(), time.process_time()
        other = replace(identity, decoding="another")
        change = retag(tagger, other, journal, TagChoice())
        seconds, cpu = time.monotonic() - began, time.process_time() - cpu
        sys.stdout.write(
            f"{change.pictures:,} pictures, {given.labels:,} labels, {given.dim} dimensions: "
            f"{seconds:.1f} s, {cpu:.1f} s of processor time\n"
        )


if __name__ == "__main__":
    main()
