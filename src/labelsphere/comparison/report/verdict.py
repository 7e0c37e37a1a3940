"""The result in a few sentences, computed from the figures."""

from labelsphere.comparison.decoder_names import AS_TRAINED, decoder_name
from labelsphere.comparison.report.budgets import fraction
from labelsphere.comparison.report.estimates import (
    Results,
    decoders_of,
    estimate,
    metrics_of,
    standing,
)
from labelsphere.comparison.report.metric_names import KEY_METRICS, metric_name
from labelsphere.comparison.report.numbers import count, decimals_for, figure, listing, percent
from labelsphere.comparison.report.rivals import beyond_zero, contenders, gain_in_percent
from labelsphere.comparison.rivals import AT_BEST, FIGURES

_TOLD = {decoder_name("prior", criterion): criterion for criterion in ("map@100", "image_ap")}


def verdict(results: Results) -> list[str]:
    """Sentences, the most important first.

    Who leads on which of the key figures as trained; how each method stands against the best of
    its rivals, each at its best; the same with equal decoders; and how many steps each method needs
    for a rival's final figure.
    """
    methods = results["methods"]
    if len(methods) < 2:
        return [_alone(results), *diverged_sentences(results)]
    sentences = [_leaders(results, AS_TRAINED), *rival_sentences(results)]
    for decoder, criterion in _TOLD.items():
        if decoder not in decoders_of(results):
            continue
        told = _leaders(results, decoder)
        tuned = f"each method's weight of common tags is tuned for {metric_name(criterion)}"
        same = told == sentences[0]
        sentences.append(
            f"The same holds after {tuned}." if same else f"After {tuned}, {_inside(results, told)}"
        )
    budgets = budget_sentences(results)
    sentences += budgets or steps_sentences(results)
    sentences += diverged_sentences(results)
    return [sentence for sentence in sentences if sentence]


def rival_sentences(results: Results) -> list[str]:
    """How each method stands against the best of its rivals, each at its best decoder."""
    sentences = []
    for _, method in contenders(results):
        places: dict[str, list[str]] = {"above": [], "below": [], "level": []}
        for metric, under in method["against_best"].items():
            entry = under.get(AT_BEST)
            if not entry:
                continue
            place = ("above" if entry["low"] > 0 else "below") if beyond_zero(entry) else "level"
            told = gain_in_percent(entry)
            by = f" ({told[0]})" if told else ""
            places[place].append(f"{metric_name(metric)}{by}")
        parts = [
            f"{words} on {listing(places[place])}"
            for place, words in (
                ("above", "is clearly above the best rival"),
                ("level", "is not clearly apart from it"),
                ("below", "is clearly below it"),
            )
            if places[place]
        ]
        if parts:
            parts[0] = parts[0].replace(" it", " the best rival", 1)
            sentences.append(f"Each at its best decoder, {method['title']} {'; '.join(parts)}.")
    return sentences


def budget_sentences(results: Results) -> list[str]:
    """With which part of the steps each method ends at the best rival's final figure."""
    sentences = []
    for method in results["methods"]:
        found = method.get("reaching", {}).get(AT_BEST, {}).get(FIGURES[0])
        if not found or method.get("rival"):
            continue
        target = found["target"]
        aim = (
            f"the final {metric_name(FIGURES[0])} of {title_of(results, found['rival'])} "
            f"({figure(target, decimals_for([target]))}), each at its best decoder"
        )
        if found["share"] is None:
            sentences.append(f"{method['title']} does not reach {aim}.")
        else:
            sentences.append(
                f"{method['title']} reaches {aim}, with {fraction(found['share'])} of the steps."
            )
    return sentences


def diverged_sentences(results: Results) -> list[str]:
    """Which methods had trainings that came to nothing."""
    by_title: dict[str, int] = {}
    for entry in results.get("diverged") or []:
        by_title[str(entry["title"])] = by_title.get(str(entry["title"]), 0) + 1
    finished = {str(method["title"]) for method in results["methods"]}
    return [
        f"{title} diverged in {number} of its trainings"
        + (", which its figures leave out." if title in finished else " and has no figures.")
        for title, number in by_title.items()
    ]


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
