"""Tables of the protocols' comparisons, put into docs/results.md and README.md between marks.

    python benchmarks/protocol_tables.py

Reads ``benchmarks/results/protocols/*/results.json``, which ``benchmarks/protocols.py`` makes, and
replaces what stands between ``<!-- begin NAME -->`` and ``<!-- end NAME -->`` in both: ``summary``,
``delivered``, ``targets``, ``steps``, ``equal`` and ``continuity``. No number is typed by hand.
"""

import argparse
import json
import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from reporting import table

from labelsphere.artefact import new_file
from labelsphere.comparison.report.metric_names import metric_name
from labelsphere.comparison.report.numbers import fraction, signed_percent
from labelsphere.comparison.results import (
    REPORTED_METRICS,
    ComparisonResults,
    MethodResult,
    MetricDifference,
)
from labelsphere.recipes import RECIPES
from labelsphere.tagger.report import MetricValue

RECOMMENDED, PAPER = "sphere", "paper"
PICTURES = {"continuity.png": "../continuity_icons.png"}
MAPS = ("map@100", "weighted_map@100")
OUTDATED = " †"
OUTDATED_NOTE = f"†: measured with an earlier form of `{RECOMMENDED}`."


@dataclass(frozen=True)
class Target:
    """What was aimed at.

    Attributes:
        comparisons: Beginnings of the names of the comparisons it is for.
        metric: Of which metric.
        gain: Least gain over the best baseline, as a share of its value; 0 for ahead of it.
    """

    comparisons: tuple[str, ...]
    metric: str
    gain: float


ICONS_FEW = ("icons-few5", "icons-few10", "strict-few5", "strict-few10")
TARGETS = (
    Target(("icons-full", "strict-full"), "image_ap", 0.0),
    Target(("icons-full", "strict-full"), "class_ap", 0.0),
    Target(ICONS_FEW, "image_ap", 0.1),
    Target(ICONS_FEW, "class_ap", 0.2),
    Target(ICONS_FEW, "precision@1", 0.05),
    Target(("icons-noisy", "strict-noisy"), "image_ap", 0.07),
    Target(("icons-noisy", "strict-noisy"), "class_ap", 0.15),
    Target(("icons-noisy", "strict-noisy"), "weighted_map@100", 0.07),
    Target(("bibtex-few", "corel5k-few", "icons-few20", "strict-few20"), "class_ap", 0.0),
)
"""Gains aimed at; everything else: not below the best baseline by more than the interval."""
STEPS = {"few": 0.25, "noisy": 0.25, "full": 0.5}
"""Share of the steps in which the best baseline's final values were to be reached."""


def method(results: ComparisonResults, name: str) -> MethodResult | None:
    """A method of a comparison by its name."""
    return next((entry for entry in results.methods if entry.name == name), None)


def gain(found: MetricDifference, *, interval: bool) -> str:
    """A difference as a share of the baseline's value, bold where the interval leaves 0 out."""
    base = found.baseline_value
    text = signed_percent(found.difference / base)
    if interval:
        return f"{text} ({signed_percent(found.low / base)} to {signed_percent(found.high / base)})"
    return text if found.verdict == "level" else f"**{text}**"


def summary_block(everything: Mapping[str, ComparisonResults]) -> list[str]:
    """The recommended method over the best baseline, a line a comparison."""
    rows = []
    for name, results in everything.items():
        entry = method(results, RECOMMENDED)
        if entry is not None and entry.differences:
            gains = [gain(entry.differences[metric], interval=False) for metric in REPORTED_METRICS]
            rows.append([name, *gains])
    header = [f"{RECOMMENDED} over the best baseline", *map(metric_name, REPORTED_METRICS)]
    old = any(name.endswith(OUTDATED) for name in everything)
    return [*table(header, rows), *(["", OUTDATED_NOTE] if old else [])]


def delivered_block(everything: Mapping[str, ComparisonResults]) -> list[str]:
    """Every method's metrics as delivered, with half the width of their intervals."""
    rows = []
    for name, results in everything.items():
        for number, entry in enumerate(results.methods):
            found = [results.delivered[entry.name][metric] for metric in REPORTED_METRICS]
            cells = [with_interval(value) for value in found]
            rows.append([name if number == 0 else "", entry.name, *cells])
    return table(["data and protocol", "method", *map(metric_name, REPORTED_METRICS)], rows)


def with_interval(found: MetricValue) -> str:
    """A value and half the width of its interval."""
    if found.low is None or found.high is None:
        return f"{found.value:.3f}"
    return f"{found.value:.3f} ± {(found.high - found.low) / 2:.3f}"


def targets_block(everything: Mapping[str, ComparisonResults]) -> list[str]:
    """Every target beside what came out."""
    rows = []
    for name, results in everything.items():
        entry = method(results, RECOMMENDED)
        if entry is None or not entry.differences:
            continue
        for metric in REPORTED_METRICS:
            found = entry.differences[metric]
            target = next(
                (t for t in TARGETS if t.metric == metric and name.startswith(t.comparisons)), None
            )
            wanted = "not below" if target is None else f"at least {signed_percent(target.gain)}"
            relative = found.difference / found.baseline_value
            met = found.high >= 0 if target is None else relative >= target.gain
            cells = [wanted, gain(found, interval=True), found.baseline, verdict(met)]
            rows.append([name, metric_name(metric), *cells])
    n_met = sum(row[-1] == "met" for row in rows)
    header = ["comparison", "metric", "target", "result", "best baseline", ""]
    missed = [row for row in rows if row[-1] != "met"]
    return [f"{n_met} of {len(rows)} targets are met. Missed:", "", *table(header, missed)]


def steps_block(everything: Mapping[str, ComparisonResults]) -> list[str]:
    """The smallest budgets that reach the best baseline's final values."""
    rows = []
    for name, results in everything.items():
        for entry in results.methods:
            if entry.name not in (RECOMMENDED, PAPER) or not entry.reached:
                continue
            shares = [entry.reached[metric].share for metric in REPORTED_METRICS]
            cells = ["not reached" if share is None else fraction(share) for share in shares]
            wanted = next(share for key, share in STEPS.items() if f"-{key}" in name)
            rows.append([name, entry.name, fraction(wanted), *cells])
    return table(["comparison", "method", "target", *map(metric_name, REPORTED_METRICS)], rows)


def equal_block(everything: Mapping[str, ComparisonResults]) -> list[str]:
    """The paper's recipe over logistic regression: as trained, as delivered, equal decoders."""
    rows = []
    for name, results in everything.items():
        paper = method(results, PAPER)
        logistic = method(results, "logistic")
        if paper is None or logistic is None:
            continue
        for metric in MAPS:
            default = _mean_default(paper, metric) / _mean_default(logistic, metric)
            own, other = (results.delivered[key][metric].value for key in (PAPER, "logistic"))
            equal = results.equal_decoders
            chosen = "–" if equal is None else gain(equal.differences[metric], interval=True)
            gains = [signed_percent(default - 1), signed_percent(own / other - 1)]
            rows.append([name, metric_name(metric), *gains, chosen])
    header = [
        "comparison",
        "metric",
        "default decoders",
        "specific decoders",
        "a prior each metric",
    ]
    return table(header, rows)


def _mean_default(entry: MethodResult, metric: str) -> float:
    return sum(run.default.values[metric] for run in entry.runs) / len(entry.runs)


def continuity_block(folder: Path) -> list[str]:
    """How much each loss changes when a tag is dropped, as shares; medians and ninth deciles."""
    header = ["data", "loss", "over its spread: median", "90 %", "over its own: median", "90 %"]
    rows = []
    for path in sorted(folder.glob("continuity_*.json")):
        losses = json.loads(path.read_text(encoding="utf-8"))["losses"]
        for name in dict.fromkeys(key.split(", ")[0] for key in losses):
            views = [losses[f"{name}, {view}"]["quantiles"] for view in ("spread", "own loss")]
            values = [f"{view[share]:.3f}" for view in views for share in ("0.5", "0.9")]
            rows.append([path.stem.removeprefix("continuity_"), name, *values])
    return table(header, rows)


def verdict(met: bool) -> str:
    """A word for it."""
    return "met" if met else "**missed**"


def blocks(folder: Path) -> dict[str, list[str]]:
    """All blocks by name."""
    found = {
        titled(path.parent.name, results): results
        for path in sorted(folder.glob("*/results.json"), key=in_order)
        for results in [ComparisonResults.read(path)]
    }
    return {
        "summary": summary_block(found),
        "delivered": delivered_block(found),
        "targets": targets_block(found),
        "steps": steps_block(found),
        "equal": equal_block(found),
        "continuity": continuity_block(folder.parent),
    }


def titled(name: str, results: ComparisonResults) -> str:
    """A comparison's name, marked where the recommended method has been changed since."""
    entry = method(results, RECOMMENDED)
    current = entry is None or dict(entry.recipe) == RECIPES[RECOMMENDED].to_json()
    return name if current else name + OUTDATED


def in_order(path: Path) -> list[str | int]:
    """What a comparison's folder is sorted by: its name, numbers by their size."""
    parts = re.split(r"(\d+)", path.parent.name)
    return [int(part) if part.isdecimal() else part for part in parts]


def filled(page: str, made: Mapping[str, Sequence[str]]) -> str:
    """A page with its blocks replaced.

    Raises:
        SystemExit: If it has a block of which there are no results.
    """

    def block(match: re.Match[str]) -> str:
        name = match["name"]
        if name not in made:
            raise SystemExit(f"there is a block {name!r}; there are: {', '.join(made)}")
        return "\n".join([match["begin"], "", *made[name], "", f"<!-- end {name} -->"])

    mark = r"(?P<begin><!-- begin (?P<name>\S+) -->).*?<!-- end (?P=name) -->"
    return re.sub(mark, block, page, flags=re.DOTALL)


def main() -> None:
    """Write the tables into the pages."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--results", type=Path, default=Path("benchmarks/results/protocols"))
    parser.add_argument("--page", type=Path, default=Path("docs/results.md"))
    parser.add_argument("--readme", type=Path, default=Path("README.md"))
    given = parser.parse_args()
    made = blocks(given.results)
    for name, source in PICTURES.items():
        shutil.copy2(given.results / source, given.page.parent / "pictures" / name)
    for page in (given.page, given.readme):
        with new_file(page) as beside:
            beside.write_text(filled(page.read_text(encoding="utf-8"), made), encoding="utf-8")
        print(f"{page}: filled from {len(made)} blocks")


if __name__ == "__main__":
    main()
