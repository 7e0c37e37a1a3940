"""One method of a comparison: its rates chosen, its trainings with every budget, their summary."""

from collections.abc import Mapping, Sequence
from typing import Any

from labelsphere.comparison.bench import Bench
from labelsphere.comparison.budget import budget_steps, total_steps
from labelsphere.comparison.decoder_names import AS_TRAINED
from labelsphere.comparison.rates import choose_rate
from labelsphere.comparison.reaching import reaching_along, reaching_by_budget
from labelsphere.comparison.rivals import against_best, versus
from labelsphere.comparison.runs import Plan, judge_run, keep_tagger, train_run
from labelsphere.comparison.summary import BASELINE, steps_to_baseline, summarise
from labelsphere.recipes import Recipe


def compared(bench: Bench, method: Recipe) -> dict[str, Any]:
    """Train a method with every budget and seed, and sum up what came out.

    Returns:
        The method as the results hold it, but for what the others have to do with it. A method
        none of whose whole trainings finished has no runs.
    """
    budgets = [_budget(bench, method, share) for share in sorted(set(bench.settings.budgets))]
    whole = budgets[-1]
    runs = whole["runs"]
    found = {
        "name": method.name,
        "title": method.title,
        "recipe": method.to_json(),
        "parameters": runs[0]["parameters"] if runs else None,
        "head_parameters": runs[0]["head_parameters"] if runs else None,
        "rate": whole["rate"],
        "diverged": [entry for budget in budgets for entry in budget.pop("diverged")],
        "runs": runs,
        "summary": {},
    }
    if runs:
        keep_tagger(bench, method, Plan(runs[0]["rate"], runs[0]["seed"], total_steps(bench)))
    if len(budgets) > 1:
        found["budgets"] = [budget for budget in budgets if budget["runs"]]
    if bench.settings.constant:
        constant = _constant(bench, method)
        found["diverged"] += constant.pop("diverged")
        if constant["curves"]:
            found["constant"] = constant
    return found


def relate(entries: Sequence[dict[str, Any]], rivals: Sequence[str]) -> None:
    """Sum up each method, how it stands against the rivals, and when it reaches their figures.

    What only served that, hundreds of values a figure, is taken away; the runs' files keep it.

    Args:
        entries: The methods, each with runs.
        rivals: Names of those that the others are measured against.
    """
    _share_decoders(entries)
    runs = {entry["name"]: entry["runs"] for entry in entries}
    curves = {
        entry["name"]: entry["constant"]["curves"] for entry in entries if "constant" in entry
    }
    for entry in entries:
        others = {name: runs[name] for name in rivals if name in runs and name != entry["name"]}
        entry["summary"] = summarise(entry["runs"])
        entry["rival"] = entry["name"] in rivals
        entry["steps_to_baseline"] = steps_to_baseline(entry["runs"], runs.get(BASELINE))
        entry["versus"] = versus(entry["runs"], others)
        if others and not entry["rival"]:
            entry["against_best"] = against_best(entry["runs"], others)
        # A rival may need less than its own budget, or than that of a better rival.
        targets = {name: runs[name] for name in rivals if name in runs}
        if "budgets" in entry and targets:
            entry["reaching"] = reaching_by_budget(entry["budgets"], targets)
        ends = {name: curves[name] for name in rivals if name in curves}
        if "constant" in entry and ends:
            entry["constant"]["reaching"] = reaching_along(entry["constant"]["curves"], ends)
    for entry in entries:
        for budget in entry.get("budgets", []):
            budget["summary"] = summarise(budget["runs"])
            budget["runs"] = [_light(run) for run in budget["runs"]]
    for run in (run for entry in entries for run in entry["runs"]):
        for decoded in run["decoders"].values():
            del decoded["resampled"]


def _budget(bench: Bench, method: Recipe, share: float) -> dict[str, Any]:
    steps, rate = budget_steps(bench, share), choose_rate(bench, method, share)
    plans = [Plan(rate["chosen"], seed, steps) for seed in bench.settings.seeds]
    runs = [run for plan in plans if (run := judge_run(bench, method, plan)) is not None]
    return {
        "share": share,
        "steps": steps,
        "seconds": sum(run["seconds"] for run in runs) / len(runs) if runs else None,
        "rate": rate,
        "runs": runs,
        "diverged": _diverged(bench, method, plans),
    }


def _constant(bench: Bench, method: Recipe) -> dict[str, Any]:
    """The long run at a constant rate, as in the paper's Figure 1."""
    rate = choose_rate(bench, method, constant=True)
    plan = Plan(rate["chosen"], bench.settings.seeds[0], total_steps(bench), constant=True)
    record = train_run(bench, method, plan)
    return {
        "rate": rate,
        "curves": [record["curve"]] if "curve" in record else [],
        "diverged": _diverged(bench, method, [plan]),
    }


def _diverged(bench: Bench, method: Recipe, plans: Sequence[Plan]) -> list[dict[str, Any]]:
    """What is to be told of trainings whose loss was no longer a number."""
    return [
        {
            "rate": plan.rate,
            "seed": plan.seed,
            "steps": plan.steps,
            "constant": plan.constant,
            "reason": record["diverged"],
        }
        for plan in plans
        if "diverged" in (record := train_run(bench, method, plan))
    ]


def _share_decoders(entries: Sequence[dict[str, Any]]) -> None:
    """Give every run the decoders of all: what a method has no choice in, it has as trained."""
    runs = [
        run
        for entry in entries
        for some in (entry, *entry.get("budgets", []))
        for run in some["runs"]
    ]
    names = dict.fromkeys(name for run in runs for name in run["decoders"])
    for run in runs:
        for name in names:
            run["decoders"].setdefault(name, dict(run["decoders"][AS_TRAINED]))


def _light(run: Mapping[str, Any]) -> dict[str, Any]:
    """A run of a smaller budget as the results hold it: its figures alone."""
    return {
        "seed": run["seed"],
        "rate": run["rate"],
        "seconds": run["seconds"],
        "decoders": {
            name: {k: v for k, v in decoded.items() if k not in ("resampled", "by_frequency")}
            for name, decoded in run["decoders"].items()
        },
    }
