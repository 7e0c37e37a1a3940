"""The result in a few plain sentences, computed from the differences."""

from math import inf

from labelsphere.comparison.report.metric_names import metric_name
from labelsphere.comparison.report.numbers import fraction, listing, signed_percent
from labelsphere.comparison.results import ComparisonResults, MethodResult

_WORDS = {"ahead": "ahead on", "level": "level on", "behind": "behind on"}


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
    by_verdict: dict[str, list[str]] = {word: [] for word in _WORDS}
    for metric, found in method.differences.items():
        share = found.difference / found.baseline_value if found.baseline_value else 0.0
        by_verdict[found.verdict].append(f"{metric_name(metric)} ({signed_percent(share)})")
    parts = [f"{_WORDS[word]} {listing(names)}" for word, names in by_verdict.items() if names]
    if not parts:
        return ""
    return f"Against the best baseline on each metric, {method.title} is {'; '.join(parts)}."


def _steps(method: MethodResult) -> str:
    by_share: dict[float | None, list[str]] = {}
    for metric, found in method.reached.items():
        by_share.setdefault(found.share, []).append(metric_name(metric))
    parts = [
        ("not" if share is None else f"with {fraction(share)} of the steps")
        + f" on {listing(names)}"
        for share, names in sorted(by_share.items(), key=lambda entry: entry[0] or inf)
    ]
    if not parts:
        return ""
    return f"{method.title} reaches the best baseline's final value {'; '.join(parts)}."


def _diverged(results: ComparisonResults) -> list[str]:
    by_title: dict[str, int] = {}
    for entry in results.diverged:
        by_title[entry.title] = by_title.get(entry.title, 0) + 1
    finished = {method.title for method in results.methods}
    return [
        f"{title} diverged in {number} of its trainings"
        + (", which are left out." if title in finished else " and has no results.")
        for title, number in by_title.items()
    ]
