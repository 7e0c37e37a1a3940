"""The result in a few sentences, computed from the figures."""

from labelsphere.comparison.decoder_names import AS_TRAINED, PRIOR_ADJUSTED
from labelsphere.comparison.report.estimates import (
    Results,
    decoders_of,
    estimate,
    metrics_of,
    standing,
)
from labelsphere.comparison.report.metric_names import KEY_METRICS, metric_name
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
    for decoder, criterion in PRIOR_ADJUSTED.items():
        if decoder not in decoders_of(results):
            continue
        told = _leaders(results, decoder)
        tuned = f"each method's weight of common tags is tuned for {metric_name(criterion)}"
        same = told == sentences[0]
        sentences.append(
            f"The same holds after {tuned}." if same else f"After {tuned}, {_inside(results, told)}"
        )
    sentences += steps_sentences(results)
    return [sentence for sentence in sentences if sentence]


def steps_sentences(results: Results) -> list[str]:
    """When each method reached the baseline's final figure, and which never did."""
    targets = [
        (str(method["title"]), target)
        for method in results["methods"]
        if (target := method.get("steps_to_baseline")) and target["baseline"] != method["name"]
    ]
    if not targets:
        return []
    aim = targets[0][1]
    value = figure(aim["target"], decimals_for([aim["target"]]))
    baseline = title_of(results, aim["baseline"])
    what = f"{baseline}'s final {metric_name(aim['metric'])} ({value})"
    total = results.get("settings", {}).get("steps")
    of = f" of {count(total)}" if total else ""
    sentences = []
    for title, target in targets:
        if target.get("steps") is not None:
            share = f" ({percent(target['share'])})" if target.get("share") is not None else ""
            sentences.append(
                f"{title} reaches {what} after {count(target['steps'])}{of} steps{share}."
            )
    never = [title for title, target in targets if target.get("steps") is None]
    within = f" within {count(total)} steps" if total else ""
    if len(never) == 1:
        sentences.append(f"{never[0]} does not reach {what}{within}.")
    elif never:
        sentences.append(f"Not reaching {what}{within}: {'; '.join(never)}.")
    return sentences


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
        if found is not None:
            place = leads.setdefault(found.best, []) if found.clear else level
            place.append(metric_name(key))
    parts = [f"{title_of(results, n)} leads clearly on {listing(k)}" for n, k in leads.items()]
    if level:
        no_method = "no method" if leads else "No method"
        parts.append(f"{no_method} leads clearly on {listing(level)}")
    return "; ".join(parts) + "." if parts else ""


def _inside(results: Results, sentence: str) -> str:
    """A sentence as it goes on after a comma: only a title keeps its capital letter."""
    titles = tuple(str(method["title"]) for method in results["methods"])
    return sentence if sentence.startswith(titles) else sentence[:1].lower() + sentence[1:]
