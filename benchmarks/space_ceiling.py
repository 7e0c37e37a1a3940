"""What a label space loses before any network is trained: tags encoded, decoded and scored.

A network that pointed exactly at the sum of an image's tags would score this. Each row varies one
part of the paper's recipe: the measure, the exponent of the eigenvalues, the dimensions k. Spaces
are fitted to the training images' tags and judged on the test images' tags; no picture is opened.

    python benchmarks/space_ceiling.py src/labelsphere/datasets/icons/icons.parquet \
        --group base_id --output benchmarks/results/space_ceiling.md
"""

import argparse
import sys
from pathlib import Path
from typing import Any

import torch

from labelsphere import Annotations, LabelSpace, evaluate
from labelsphere.comparison.protocols import full
from labelsphere.errors import UsageError
from labelsphere.metrics import metric_definitions
from labelsphere.tagger.decoders import cosine_decoder
from labelsphere.tagger.scores import DecodedScores

METRICS = ("map@100", "weighted_map@100", "precision@1", "precision@5", "image_ap", "class_ap")

VARIANTS: list[dict[str, Any]] = [
    {},
    *({"dim": dim} for dim in (1024, 512, 256, 128)),
    *({"exponent": exponent} for exponent in (0.0, 0.25, 1.0)),
    {"method": "npmi"},
    {"method": "shifted", "shift": 5.0},
    {"method": "smoothed", "smoothing": 1.0},
    {"method": "smoothed", "smoothing": 1.0, "exponent": 0.25},
    {"method": "smoothed", "smoothing": 1.0, "exponent": 0.25, "dim": 512},
]


def main() -> None:
    """Fit each variant, score it, and write the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("tags", type=Path, help="tag table with a split column")
    parser.add_argument("--split", default="split")
    parser.add_argument("--group", help="column that marks variants of one image")
    parser.add_argument("--output", type=Path, required=True)
    given = parser.parse_args()
    protocol = full(Annotations.read(given.tags), split=given.split, group=given.group)
    truth = protocol.tags.matrix[protocol.test]
    rows = []
    for variant in VARIANTS:
        try:
            space = LabelSpace.fit(protocol.calibration, split="none", **variant)
        except UsageError as error:
            print(f"{variant}: {error}", file=sys.stderr)
            continue
        points = torch.from_numpy(space.encode(truth))
        evaluation = evaluate(
            DecodedScores(points, cosine_decoder(space)),
            truth,
            label_counts=protocol.calibration.label_counts(),
            n_images=protocol.calibration.n_images,
        )
        name = ", ".join(f"{key} {value}" for key, value in variant.items())
        cells = [f"{evaluation.values[metric]:.3f}" for metric in METRICS]
        rows.append(f"| {name or 'the paper: pmi, exponent 0.5, all'} | {space.dim} | ")
        rows[-1] += " | ".join(cells) + " |"
        print(rows[-1], file=sys.stderr)
    definitions = metric_definitions()
    lines = [
        "# What the label space alone loses",
        "",
        "Tags of the test images encoded as points and decoded again: the figures of a network "
        "that points exactly where it should. "
        f"{given.tags.name}: {protocol.calibration.n_images:,} training and "
        f"{len(protocol.test):,} test images, {protocol.tags.n_labels:,} tags. Written by "
        "`python benchmarks/space_ceiling.py`.",
        "",
        "| varied part | k | " + " | ".join(METRICS) + " |",
        "|---|" + "---:|" * (len(METRICS) + 1),
        *rows,
        "",
        "One figure is below 1 even for a perfect ranking: precision@5, where images have fewer "
        "than five tags. MAP@100 is far below 1 by its definition: a class with fewer than "
        "hundreds of images cannot keep its precision over predictions it must not make.",
        "",
        *(f"- **{metric}**: {definitions[metric]}" for metric in METRICS),
        "",
    ]
    given.output.write_text("\n".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
