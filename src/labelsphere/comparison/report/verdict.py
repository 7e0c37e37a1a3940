"""The result in a few sentences, computed from the figures."""

from labelsphere.comparison.report.estimates import (
    Results,
    decoders_of,
    estimate,
    metrics_of,
    standing,
)
from labelsphere.comparison.report.metric_names import (
    AS_TRAINED,
    KEY_METRICS,
    PRIOR_ADJUSTED,
    metric_name,
)
from labelsphere.comparison.report.numbers import count, decimals_for, figure, listing, percent


def verdict(results: Results) -> list[str]:
    """Sentences, the most important first.

    Who leads on which of the key figures as trained, the same with equal decoders, and how many
    steps each method needs for the baseline's final figure.
    """
    methods = results["methods"]
    if len(methods) < 2:
        return [_alone(results)]
    sentences = [_leaders(results, AS_TRAINED)]
    if PRIOR_ADJUSTED in decoders_of(results):
        told = _leaders(results, PRIOR_ADJUSTED)
        sentences.append(f"With each method's weight of common tags tuned alike: {told}")
    sentences += [steps_sentence(results, method) for method in methods]
    return [sentence for sentence in sentences if sentence]


def steps_sentence(results: Results, method: Results) -> str:
    """When a method reached the baseline's final figure; empty for the baseline itself."""
    target = method.get("steps_to_baseline")
    if not target or target["baseline"] == method["name"]:
        return ""
    baseline = title_of(results, target["baseline"])
    value = figure(target["target"], decimals_for([target["target"]]))
    what = f"{baseline}'s final {metric_name(target['metric'])} ({value})"
    total = results.get("settings", {}).get("steps")
    if target.get("steps") is None:
        within = f" within {count(total)} steps" if total else ""
        return f"{method['title']} does not reach {what}{within}."
    of = f" of {count(total)}" if total else ""
    share = f" ({percent(target['share'])})" if target.get("share") is not None else ""
    return f"{method['title']} reaches {what} after {count(target['steps'])}{of} steps{share}."


def title_of(results: Results, name: str) -> str:
    """A method's title, or its name if it is not among the results."""
    return str(next((m["title"] for m in results["methods"] if m["name"] == name), name))


def _alone(results: Results) -> str:
    if not results["methods"]:
        return "No method was trained."
    method = results["methods"][0]
    told = []
    for key in [key for key in KEY_METRICS if key in metrics_of(results, AS_TRAINED)]:
        found = estimate(method, AS_TRAINED, key)
        if found is not None:
            told.append(f"{metric_name(key)} {figure(found.mean, decimals_for([found.mean]))}")
    figures = f" reaches {listing(told)}" if told else " was trained"
    return f"{method['title']}{figures}; no other method was trained to compare it with."


def _leaders(results: Results, decoder: str) -> str:
    leads: dict[str, list[str]] = {}
    level: list[str] = []
    for key in KEY_METRICS:
        found = standing(results["methods"], decoder, key)
        if found is None:
            continue
        figures = f"{metric_name(key)} ({_two_best(results, decoder, key)})"
        (leads.setdefault(found.best, []) if found.clear else level).append(figures)
    parts = [f"{title_of(results, n)} leads clearly on {listing(k)}" for n, k in leads.items()]
    if level:
        overlap = "their intervals overlap" if len(level) > 1 else "the intervals overlap"
        no_method = "no method" if leads else "No method"
        parts.append(f"{no_method} leads clearly on {listing(level)}, where {overlap}")
    return "; ".join(parts) + "." if parts else ""


def _two_best(results: Results, decoder: str, key: str) -> str:
    found = [e.mean for m in results["methods"] if (e := estimate(m, decoder, key)) is not None]
    best, second = sorted(found, reverse=True)[:2]
    decimals = decimals_for(found)
    return f"{figure(best, decimals)} against {figure(second, decimals)}"
