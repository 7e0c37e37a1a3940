"""Feature vectors of the bundled icons, made without training: what a network of minutes can take.

    python benchmarks/picture_features.py icons/

Writes ``labels.parquet`` and ``features.npy``, the folder that the other benchmarks read. A picture
becomes histograms of oriented gradients (Dalal & Triggs 2005: cells of 8 × 8 of 64 × 64 pixels, 9
directions without sign, blocks of 2 × 2 cells at unit norm) and a thumbnail of 16 × 16 grey values.
No tag was looked at, so that no method of comparing them is favoured.
"""

import argparse
import sys
from pathlib import Path

import numpy as np

from labelsphere.arrays import DoubleArray, FloatArray
from labelsphere.artefact import new_file
from labelsphere.datasets import read_icons
from labelsphere.tagger.inputs import ImageInputs

SIDE = 64
CELL = 8
DIRECTIONS = 9
THUMBNAIL = 16
AT_ONCE = 512


def main() -> None:
    """Read the icons and write the folder."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("output", type=Path, help="folder to write to")
    given = parser.parse_args()
    tags = read_icons()
    assert tags.pictures is not None
    pictures = ImageInputs(tags.pictures, SIDE, mean=(0.0, 0.0, 0.0), std=(1.0, 1.0, 1.0))
    given.output.mkdir(parents=True, exist_ok=True)
    parts = []
    for start in range(0, tags.n_images, AT_ONCE):
        rows = np.arange(start, min(start + AT_ONCE, tags.n_images))
        grey = pictures.batch(rows, training=False).numpy().astype(np.float64).mean(axis=1)
        parts.append(features_of(1.0 - grey))
        print(f"{rows[-1] + 1:,} of {tags.n_images:,} pictures", file=sys.stderr)
    with new_file(given.output / "features.npy") as beside, beside.open("wb") as file:
        np.save(file, np.concatenate(parts))
    tags.write(given.output / "labels.parquet", overwrite=True)


def features_of(ink: DoubleArray) -> FloatArray:
    """Gradients and thumbnails.

    Args:
        ink: (pictures, side, side), 0 is paper.

    Returns:
        (pictures, features) float32.
    """
    factor = SIDE // THUMBNAIL
    small = ink.reshape(-1, THUMBNAIL, factor, THUMBNAIL, factor).mean(axis=(2, 4))
    parts = [oriented_gradients(ink), small.reshape(len(ink), -1)]
    return np.concatenate(parts, axis=1).astype(np.float32)


def oriented_gradients(ink: DoubleArray) -> DoubleArray:
    """Histograms of the gradient's direction in each cell, blocks of 2 × 2 cells at unit norm."""
    down, right = np.gradient(ink, axis=(1, 2))
    strength = np.hypot(down, right)
    place = np.arctan2(down, right) % np.pi / np.pi * DIRECTIONS
    lower = np.floor(place)
    cells = SIDE // CELL
    shape = (len(ink), cells, CELL, cells, CELL)
    histogram = np.zeros((len(ink), cells, cells, DIRECTIONS))
    for direction in range(DIRECTIONS):
        # Each gradient is shared by the two nearest directions.
        share = np.where(lower % DIRECTIONS == direction, 1.0 - (place - lower), 0.0)
        share += np.where((lower + 1) % DIRECTIONS == direction, place - lower, 0.0)
        histogram[..., direction] = (strength * share).reshape(shape).sum(axis=(2, 4))
    corners = [histogram[:, i : cells - 1 + i, j : cells - 1 + j] for i in (0, 1) for j in (0, 1)]
    blocks = np.concatenate(corners, axis=3)
    # Blank paper has no direction: a small constant keeps its blocks at 0.
    blocks /= np.linalg.norm(blocks, axis=3, keepdims=True) + 0.1
    return blocks.reshape(len(ink), -1)


if __name__ == "__main__":
    main()
