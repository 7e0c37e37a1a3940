"""The main figures of ``embedders.py`` for several data sets in one file.

    python benchmarks/embedders_summary.py corel5k bibtex icons

Reads what that script wrote and writes ``summary.md`` beside it.
"""

import argparse
import json
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
    lines = []
    for name in given.names:
        path = FOLDER / name / "results.json"
        results: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        rows = [
            [short(entry["name"]), *figures_of(entry["summary"])] for entry in results["methods"]
        ]
        lines += [f"### {name}", "", *reporting.table(["method", *SHOWN.values()], rows), ""]
    with new_file(FOLDER / "summary.md") as beside:
        beside.write_text("\n".join(lines), encoding="utf-8")


def figures_of(summary: dict[str, Any]) -> list[str]:
    """Mean figures of a method, each under the scale of the prior that is best on validation."""
    return [f"{summary[best_decoder(metric, summary)][metric]['mean']:.3f}" for metric in SHOWN]


if __name__ == "__main__":
    main()
