"""Pictures of what the label space's properties are worth, from the results beside this script.

    python benchmarks/property_plots.py

Reads ``zero_shot.json``, ``audit.json``, ``concept_arithmetic.json`` and
``changing_vocabulary.json`` in ``benchmarks/results`` and draws each as points with their
intervals into ``docs/pictures``.
"""

import argparse
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from reporting import RESULTS

from labelsphere.artefact import new_file

Estimate = tuple[float, float, float]
"""A figure and its interval's ends."""

OURS, OTHERS = "#c2410c", "#475569"


@dataclass(frozen=True)
class Picture:
    """What to draw of a file of results.

    Attributes:
        ours: Beginnings of the names of what Labelsphere does.
        figures: What a figure is called, and how it is found in a method's entry.
        methods: A data set's methods, found in its entry.
    """

    ours: tuple[str, ...]
    figures: Mapping[str, Callable[[Any], Estimate]]
    methods: Callable[[Any], Mapping[str, Any]] = dict


def listed(key: Any) -> Callable[[Any], Estimate]:
    """A figure that is kept as a list of three numbers."""
    return lambda entry: (entry[key][0], entry[key][1], entry[key][2])


def beside(key: str) -> Callable[[Any], Estimate]:
    """A figure whose interval is kept beside it."""
    return lambda entry: (entry[key], *entry[f"{key}_interval"])


PICTURES = {
    "zero_shot": Picture(("place",), {"AP of new tags": beside("ap"), "H": beside("h")}),
    "audit": Picture(
        ("audit",), {"recall@5 of hidden": listed("recall@5"), "AP of planted": listed("AP")}
    ),
    "concept_arithmetic": Picture(
        ("combine",),
        {"occurs@5": listed(0), "goes@5": listed(1)},
        lambda entry: entry["figures"],
    ),
    "changing_vocabulary": Picture(
        ("revised", "refitted"), {"AP, new": listed("new"), "AP per image": listed("per image")}
    ),
}


def drawn(results: Mapping[str, Any], picture: Picture) -> Figure:
    """A row of panels for each data set, a panel for each figure, a line for each method."""
    data = [name for name in results if name.startswith(("mulan", "icons", "coco"))]
    counts = [len(picture.methods(results[name])) for name in data]
    figure = Figure(figsize=(9, 0.9 * len(data) + 0.24 * sum(counts)), layout="constrained")
    panels = figure.subplots(
        len(data), len(picture.figures), squeeze=False, sharey="row", height_ratios=counts
    )
    for row, name in enumerate(data):
        methods = picture.methods(results[name])
        for panel, (title, estimate) in zip(panels[row], picture.figures.items(), strict=True):
            draw(panel, {of: estimate(entry) for of, entry in methods.items()}, picture.ours)
            panel.set_title(f"{name.removeprefix('mulan_')}: {title}", fontsize=9, loc="left")
    return figure


def draw(panel: Axes, estimates: Mapping[str, Estimate], ours: tuple[str, ...]) -> None:
    """One figure of all methods."""
    for place, (name, (value, low, high)) in enumerate(estimates.items()):
        colour = OURS if name.startswith(ours) else OTHERS
        panel.plot([low, high], [place, place], color=colour, linewidth=1.5)
        panel.plot([value], [place], "o", color=colour, markersize=4)
    panel.set_yticks(range(len(estimates)), list(estimates), fontsize=8)
    panel.set_ylim(len(estimates) - 0.5, -0.5)
    panel.set_xlim(left=0)
    panel.tick_params(axis="x", labelsize=8)
    panel.grid(axis="x", color="#e2e8f0")
    panel.set_axisbelow(True)
    panel.spines[["top", "right"]].set_visible(False)


def main() -> None:
    """Draw all pictures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--output", type=Path, default=Path("docs/pictures"))
    given = parser.parse_args()
    given.output.mkdir(parents=True, exist_ok=True)
    for name, picture in PICTURES.items():
        results = json.loads((RESULTS / f"{name}.json").read_text(encoding="utf-8"))
        with new_file(given.output / f"{name}.png") as path:
            drawn(results, picture).savefig(path, dpi=110, format="png")
        print(given.output / f"{name}.png")


if __name__ == "__main__":
    main()
