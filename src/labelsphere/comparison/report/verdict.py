"""The result in a few plain sentences, computed from the differences."""

from collections import Counter
from math import inf

from labelsphere.comparison.report.metric_names import metric_name
from labelsphere.comparison.report.numbers import fraction, listing, signed_percent
from labelsphere.comparison.results import ComparisonResults, MethodResult


def verdict(results: ComparisonResults) -> tuple[str, ...]:
    """Sentences: how each method compares with the best baseline, its steps, what diverged."""
    sentences = [_standing(method) for method in results.methods if not method.baseline]
    sentences += [_steps(method) for method in results.methods if not method.baseline]
    sentences += _diverged(results)
    found = tuple(sentence for sentence in sentences if sentence)
    return found or (
        f"{listing([m.title for m in results.methods])}: no baseline to compare with.",
    )


def _standing(method: MethodResult) -> str:
    by_verdict: dict[str, list[str]] = {word: [] for word in ("ahead", "level", "behind")}
    for metric, found in method.differences.items():
        share = found.difference / found.baseline_value if found.baseline_value else 0.0
        by_verdict[found.verdict].append(f"{metric_name(metric)} ({signed_percent(share)})")
    standings = [f"{word} on {listing(names)}" for word, names in by_verdict.items() if names]
    if not standings:
        return ""
    return f"Against the best baseline on each metric, {method.title} is {'; '.join(standings)}."


def _steps(method: MethodResult) -> str:
    by_share: dict[float | None, list[str]] = {}
    for metric, found in method.reached.items():
        by_share.setdefault(found.share, []).append(metric_name(metric))
    shares = [
        ("not" if share is None else f"with {fraction(share)} of the steps")
        + f" on {listing(names)}"
        for share, names in sorted(by_share.items(), key=lambda entry: entry[0] or inf)
    ]
    if not shares:
        return ""
    return f"{method.title} reaches the best baseline's final value {'; '.join(shares)}."


def _diverged(results: ComparisonResults) -> list[str]:
    finished = {method.title for method in results.methods}
    return [
        f"{title} diverged in {number} of its trainings"
        + (", which are left out." if title in finished else " and has no results.")
        for title, number in Counter(entry.title for entry in results.diverged).items()
    ]
