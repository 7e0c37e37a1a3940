"""Nearest labels (the paper's Table 2) and sums of labels on COCO's 80 classes.

    python benchmarks/coco_neighbors.py labels.parquet > benchmarks/results/coco_neighbors.md

The table needs a column of COCO's class names per image, as ``labelsphere embed`` reads it. All
rows are counted. Every label is listed, so that nobody picks the good ones.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

from labelsphere import Annotations, LabelSpace
from labelsphere.space import Neighbor

SUMS = (
    ("person", "horse"),
    ("cup", "laptop"),
    ("bench", "bird"),
    ("car", "traffic light"),
    ("knife", "fork"),
)


def main() -> None:
    """Fit the space with the paper's recipe, print Markdown."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("table", type=Path, help="table of tags, one row an image")
    arguments = parser.parse_args()

    tags = Annotations.read(arguments.table)
    space = LabelSpace.fit(tags, split="none")
    config = space.record.to_json()
    print("# Nearest labels on COCO 2014\n")
    print(
        f"{tags.n_images:,} images, {space.n_labels} labels, positive PMI, exponent "
        f"{config['exponent']}, {space.dim} dimensions: all positive eigenvalues. Cosine "
        "proximity; only neighbours above 0.05 are shown, five at most.\n"
    )
    print("| label | images | nearest |\n|---|---|---|")
    for label, count in zip(space.vocabulary, space.counts.tolist(), strict=True):
        print(f"| {label} | {count:,} | {_line(space.neighbors(label))} |")
    print("\n## Sums\n\n| sum | nearest |\n|---|---|")
    for terms in SUMS:
        print(f"| {' + '.join(terms)} | {_line(space.combine(*terms))} |")


def _line(near: Sequence[Neighbor]) -> str:
    shown = [f"{label} {proximity:.2f}" for label, proximity in near if proximity > 0.05]
    return ", ".join(shown) or "none"


if __name__ == "__main__":
    main()
