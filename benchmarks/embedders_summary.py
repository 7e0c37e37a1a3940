"""The main figures of ``embedders.py`` for several data sets side by side.

    python benchmarks/embedders_summary.py corel5k bibtex icons

Reads what that script wrote and writes ``summary.md`` beside it.
"""

import argparse
import json
from pathlib import Path
from typing import Any

import reporting
from embedders import short

from labelsphere.artefact import new_file
from labelsphere.comparison.decoder_names import best_decoder

FOLDER = reporting.RESULTS / "embedders"
SHOWN = {
    "precision@1": "P@1",
    "image_ap": "AP per image",
    "weighted_map@100": "weighted MAP@100",
    "class_ap": "AP per class",
}


def main() -> None:
    """Read the results and write the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="+", help="folders under results/embedders")
    given = parser.parse_args()
    found = [figures_of(FOLDER / name / "results.json") for name in given.names]
    header = ["method"]
    for name in given.names:
        first, *others = SHOWN.values()
        header += [f"{name}: {first}", *others]
    lines = reporting.table(
        header,
        [
            [method, *(cell for values in found for cell in cells(values.get(method)))]
            for method in dict.fromkeys(method for values in found for method in values)
        ],
    )
    with new_file(FOLDER / "summary.md") as beside:
        beside.write_text("\n".join(lines) + "\n", encoding="utf-8")


def figures_of(path: Path) -> dict[str, list[float]]:
    """Mean figures of each method, each under the scale of the prior that is best on validation."""
    entries: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["methods"]
    return {
        short(entry["name"]): [
            entry["summary"][best_decoder(metric, entry["summary"])][metric]["mean"]
            for metric in SHOWN
        ]
        for entry in entries
    }


def cells(values: list[float] | None) -> list[str]:
    """Figures with three digits, or dashes where a method was not run."""
    return ["–"] * len(SHOWN) if values is None else [f"{value:.3f}" for value in values]


if __name__ == "__main__":
    main()
