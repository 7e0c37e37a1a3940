"""Whether an exported network answers as PyTorch does, on the icons of the test split.

    python benchmarks/export_agreement.py [--backbone inception_v3] [--size 299] [--minutes 9]

The network has random weights, with the statistics of its normalisation layers from icons, and is
calibrated on validation icons: agreement asks for no training. Icons are taken in a random order
until the time is up, or all 2,298 are done.
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import torch
from reporting import write_results

from labelsphere.datasets.icons import read_icons
from labelsphere.space import LabelSpace
from labelsphere.tagger import Architecture, Tagger
from labelsphere.tagger.export import export_onnx
from labelsphere.tagger.export.checking import FIRST, TOLERANCE, check_model
from labelsphere.tagger.export.profiles import PROFILES
from labelsphere.tagger.inputs import ImageInputs
from labelsphere.tagger.label_context import LabelContext

BLOCK = 100
CALIBRATED_ON = 200


def main() -> None:
    """Export, compare and write the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--backbone", default="inception_v3")
    parser.add_argument("--size", type=int, default=299)
    parser.add_argument("--minutes", type=float, default=9.0)
    given = parser.parse_args()
    began = time.monotonic()
    torch.manual_seed(0)
    random = np.random.default_rng(0)
    tags = read_icons()
    assert tags.pictures is not None
    split = tags.columns["split"].to_numpy()
    test = random.permutation(np.flatnonzero(split == "test"))
    held = random.permutation(np.flatnonzero(split == "val"))[:CALIBRATED_ON]
    inputs = ImageInputs(tags.pictures, given.size, memory_limit=0)
    space = LabelSpace.fit(tags, dim=256, method="random-projection")
    tagger = Tagger(
        Architecture(given.backbone, objective="cosine"),
        LabelContext.of(tags, space),
        inputs.settings(),
        inputs.sample_shape,
        seed=0,
    )
    tagger.network.train()
    with torch.no_grad():
        for start in range(0, 96, 32):
            tagger.network(inputs.batch(held[start : start + 32], training=False))
    tagger.network.eval()
    tagger.calibrate(tags, inputs, held)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "exported"
        done = export_onnx(tagger, folder, pictures=tags.pictures.select(test[:10]))
        difference, same, count = 0.0, 0, 0
        for start in range(0, len(test), BLOCK):
            some = tags.pictures.select(test[start : start + BLOCK])
            # Raises where they differ by more than is allowed.
            found = check_model(done.model, tagger, some, PROFILES["standard"])
            difference = max(difference, found.difference)
            same, count = same + found.same_first, count + found.pictures
            print(f"{count:,} icons, largest difference {difference:.2g}", file=sys.stderr)
            if time.monotonic() - began > 60 * given.minutes:
                break
    lines = [
        f"# {given.backbone} at {given.size} pixels: ONNX Runtime beside PyTorch",
        "",
        f"{count:,} of the {len(test):,} icons of the test split, {len(tags.vocabulary):,} tags, "
        "random weights. "
        f"Largest difference of a probability or of a score (as a share of 1 plus its size): "
        f"{difference:.2g}; {TOLERANCE:g} is allowed for the former. The same first {FIRST} tags "
        f"on {same:,} of {count:,} icons.",
    ]
    values = {"icons": count, "difference": difference, "same_first": same}
    write_results(f"export_{given.backbone}", lines, values, seed=0, packages=("onnxruntime",))


if __name__ == "__main__":
    main()
