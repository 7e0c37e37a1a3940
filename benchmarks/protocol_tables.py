"""Tables of the protocols' comparisons, put into docs/results.md and README.md between marks.

    python benchmarks/protocol_tables.py

Reads ``benchmarks/results/protocols/*/results.json``, which ``benchmarks/protocols.py`` makes, and
writes what stands between ``<!-- begin NAME -->`` and ``<!-- end NAME -->`` in both anew: a
block for each comparison, ``targets``, ``summary``, ``decoder`` and ``continuity``. No figure is
typed by hand. Pictures of results that the page shows are copied to ``docs/pictures``.
"""

import argparse
import json
import re
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from reporting import table

from labelsphere.artefact import new_file
from labelsphere.comparison.decoder_names import AS_TRAINED, best_decoder
from labelsphere.comparison.rivals import AT_BEST, FIGURES

Results = Mapping[str, Any]

TITLES = {
    "weighted_map@100": "weighted MAP@100",
    "map@100": "MAP@100",
    "precision@1": "P@1",
    "precision@5": "P@5",
    "image_ap": "AP per image",
    "class_ap": "AP per class",
}
PICTURES = {
    "budgets_corel5k_noisy.png": "corel5k-noisy/budgets.png",
    "budgets_bibtex_noisy.png": "bibtex-noisy/budgets.png",
    "continuity.png": "../continuity_icons.png",
}
OURS, PAPER, LOGISTIC = "sphere", "paper", "logistic"
GAINS = {
    "noisy": {"weighted_map@100": 0.07},
    "few": {"map@100": 0.3, "weighted_map@100": 0.3, "precision@1": 0.08, "image_ap": 0.08},
    "full": {},
}
"""Gains aimed at over the best rival, as shares of its figure; all others: no loss."""
WITHOUT_AIM = ("-few1", "-few20")
"""Ends of names of comparisons without aims: those with few images are for 5 and 10 % of them."""
REACHING = {"noisy": (0.1, ("weighted_map@100",)), "full": (0.5, FIGURES)}
"""Share of the iterations in which the best rival's final figures were to be had, and which."""


def method(results: Results, name: str) -> Mapping[str, Any] | None:
    """A method of a comparison by its name."""
    found: Mapping[str, Any] | None = next(
        (entry for entry in results["methods"] if entry["name"] == name), None
    )
    return found


def figure(entry: Mapping[str, Any], metric: str, *, plain: bool = False) -> float:
    """A method's figure, mean over seeds: at its best, or as trained."""
    summary = entry["summary"]
    decoder = AS_TRAINED if plain else best_decoder(metric, summary)
    return float(summary[decoder][metric]["mean"])


def protocol_of(results: Results) -> str:
    """The protocol's name without its variations."""
    return str(results["data"]["protocol"]).split("+")[0]


def percent(share: float) -> str:
    """A signed percentage."""
    return f"{100 * share:+.1f} %"


def gain(entry: Mapping[str, Any]) -> str:
    """A gain over the best rival with its interval, as shares of the rival's figure."""
    base = entry["rival_value"]
    low, high = entry["low"] / base, entry["high"] / base
    return f"{percent(entry['relative'])} ({100 * low:+.1f} to {100 * high:+.1f})"


def comparison_block(results: Results) -> list[str]:
    """Figures of all methods at their best, and what the sphere and the paper gain."""
    header = ["each at its best", *(TITLES[metric] for metric in FIGURES)]
    rows = [
        [entry["title"], *(f"{figure(entry, metric):.4f}" for metric in FIGURES)]
        for entry in results["methods"]
    ]
    for name in (OURS, PAPER):
        entry = method(results, name)
        if entry is not None:
            against = [entry["against_best"][metric][AT_BEST] for metric in FIGURES]
            rows.append([f"*{name}* over the best rival", *(gain(one) for one in against)])
    chosen = {entry["name"]: entry["rate"]["chosen"] for entry in results["methods"]}
    rates = ", ".join(f"{name} {rate:g}" for name, rate in chosen.items())
    data, settings = results["data"], results["settings"]
    images = data["images"]
    facts = (
        f"{images['train']:,} training, {images['val']:,} validation and {images['test']:,} test "
        f"images, {data['labels']:,} tags, {settings['steps']:,} steps of "
        f"{min(settings['batch_size'], images['train'])}, seeds "
        f"{', '.join(map(str, settings['seeds']))}. Rates chosen: {rates}."
    )
    return [facts, "", *table(header, rows), "", *reaching_lines(results), *command(results)]


def reaching_lines(results: Results) -> list[str]:
    """With which part of the steps the sphere and the paper have the best rival's final figure."""
    rows = []
    for entry in results["methods"]:
        if entry["rival"] or "reaching" not in entry:
            continue
        found = entry["reaching"][AT_BEST]
        rows.append([entry["title"], *(share_text(found.get(metric)) for metric in FIGURES)])
    if not rows:
        return []
    header = ["share of the steps for the best rival's final figure", *TITLES.values()]
    return [*table(header, rows), ""]


def share_text(found: Mapping[str, Any] | None) -> str:
    """The smallest budget that has the rival's figure."""
    if found is None or found["share"] is None:
        return "not reached"
    return f"{found['share']:.3g}"


def command(results: Results) -> list[str]:
    """The command that repeats a comparison, and the machine it ran on."""
    versions = ", ".join(f"{name} {of}" for name, of in results["versions"].items())
    machine = results["machine"]
    told = ", ".join(str(value) for value in machine.values()) if machine else ""
    return ["```bash", results["command"], "```", "", f"{told}; {versions}."]


def target_rows(name: str, results: Results) -> list[list[str]]:
    """What was aimed at in a comparison, what came out, and whether that is enough."""
    entry, kind = method(results, OURS), protocol_of(results)
    if entry is None or "against_best" not in entry or name.endswith(WITHOUT_AIM):
        return []
    rows = []
    for metric in FIGURES:
        found = entry["against_best"][metric][AT_BEST]
        aim = GAINS[kind].get(metric)
        wanted = f"at least {percent(aim)}" if aim else "no loss beyond the interval"
        met = found["relative"] >= aim if aim else found["high"] >= 0
        rows.append([name, TITLES[metric], wanted, gain(found), found["rival"], verdict(met)])
    if kind in REACHING and "reaching" in entry:
        most, metrics = REACHING[kind]
        for metric in metrics:
            found = entry["reaching"][AT_BEST][metric]
            met = found["share"] is not None and found["share"] <= most
            wanted = f"best rival's final figure in {most:g} of the steps"
            rows.append(
                [name, TITLES[metric], wanted, share_text(found), found["rival"], verdict(met)]
            )
    return rows


def verdict(met: bool) -> str:
    """A word for it."""
    return "met" if met else "**missed**"


def targets_block(all_results: Mapping[str, Results]) -> list[str]:
    """Every aim beside what came out."""
    rows = [row for name, results in all_results.items() for row in target_rows(name, results)]
    header = ["comparison", "figure", "aim", "came out", "best rival", ""]
    met = sum(row[-1] == "met" for row in rows)
    return [f"{met} of {len(rows)} aims are met.", "", *table(header, rows)]


def summary_block(all_results: Mapping[str, Results]) -> list[str]:
    """What the sphere gains over the best rival, a line for each comparison."""
    rows = []
    for name, results in all_results.items():
        entry = method(results, OURS)
        if entry is not None and "against_best" in entry:
            gains = [entry["against_best"][metric][AT_BEST] for metric in FIGURES]
            rows.append([name, *(summarised(gain) for gain in gains)])
    return table(["sphere over the best rival", *(TITLES[metric] for metric in FIGURES)], rows)


def summarised(entry: Mapping[str, Any]) -> str:
    """A gain in whole per cent, bold where its interval leaves 0 out."""
    told = f"{100 * entry['relative']:+.0f} %"
    return f"**{told}**" if entry["low"] > 0 or entry["high"] < 0 else told


def decoder_block(all_results: Mapping[str, Results]) -> list[str]:
    """Weighted MAP@100 of the paper's recipe over logistic regression, by decoder."""
    header = ["comparison", "logistic as trained", "logistic at its best", "paper as trained"]
    header += ["paper at its best", "gain as trained", "gain of unequal decoders", "gain at best"]
    rows = []
    for name, results in all_results.items():
        logistic, paper = method(results, LOGISTIC), method(results, PAPER)
        if logistic is None or paper is None:
            continue
        metric = "weighted_map@100"
        plain, best = figure(logistic, metric, plain=True), figure(logistic, metric)
        own, own_best = figure(paper, metric, plain=True), figure(paper, metric)
        figures = [f"{value:.4f}" for value in (plain, best, own, own_best)]
        gains = [percent(gain - 1) for gain in (own / plain, best / plain, own_best / best)]
        rows.append([name, *figures, *gains])
    return table(header, rows)


def continuity_block(folder: Path) -> list[str]:
    """How much each loss changes when a tag goes: median and 90 %, for each data set."""
    header = ["data", "loss", "over its spread: median", "90 %", "over its own: median", "90 %"]
    rows = []
    for path in sorted(folder.glob("continuity_*.json")):
        losses = json.loads(path.read_text(encoding="utf-8"))["losses"]
        for name in dict.fromkeys(key.split(", ")[0] for key in losses):
            views = [losses[f"{name}, {view}"]["quantiles"] for view in ("spread", "own loss")]
            figures = [f"{view[share]:.3f}" for view in views for share in ("0.5", "0.9")]
            rows.append([path.stem.removeprefix("continuity_"), name, *figures])
    return table(header, rows)


def blocks(folder: Path) -> dict[str, list[str]]:
    """All blocks by name."""
    found = {
        path.parent.name: json.loads(path.read_text(encoding="utf-8"))
        for path in sorted(folder.glob("*/results.json"), key=in_order)
    }
    parts = {name: results for name, results in found.items() if "-parts-" in name}
    whole = {name: results for name, results in found.items() if name not in parts}
    return {name: comparison_block(results) for name, results in found.items()} | {
        "targets": targets_block(whole),
        "summary": summary_block(whole),
        "decoder": decoder_block(whole),
        "continuity": continuity_block(folder.parent),
    }


def in_order(path: Path) -> list[str | int]:
    """What a comparison's folder is sorted by: its name, numbers by their size."""
    parts = re.split(r"(\d+)", path.parent.name)
    return [int(part) if part.isdecimal() else part for part in parts]


def filled(page: str, made: Mapping[str, Sequence[str]]) -> str:
    """A page with its blocks written anew.

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
    """Write the tables into the page."""
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
