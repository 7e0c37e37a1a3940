"""Footnotes: what every printed figure means."""

from collections.abc import Iterable
from dataclasses import dataclass

from labelsphere.comparison.decoder_names import DECODER_DEFINITIONS
from labelsphere.comparison.report.budget_curves import budget_panels
from labelsphere.comparison.report.curves import PANELS
from labelsphere.comparison.report.estimates import Results, decoders_of, metrics_of
from labelsphere.comparison.report.frequency import frequency_metrics
from labelsphere.comparison.report.metric_names import anchor, metric_name
from labelsphere.comparison.report.rivals import contenders


@dataclass(frozen=True)
class Definition:
    """One footnote.

    Attributes:
        name: What is defined, as printed.
        sentence: What it means.
        anchor: Fragment of its place in the page.
    """

    name: str
    sentence: str
    anchor: str


def printed_metrics(results: Results) -> list[str]:
    """Keys of all metrics that stand anywhere in the report, each once."""
    decoders = decoders_of(results)
    keys = [
        *(key for decoder in decoders for key in metrics_of(results, decoder)),
        *(key for decoder in decoders for key in frequency_metrics(results, decoder)),
        *(panel.metric for panel in PANELS),
        *(panel.metric for panel in budget_panels(results)),
        *(key for _, method in contenders(results) for key in method["against_best"]),
    ]
    return list(dict.fromkeys(keys))


def definitions(results: Results) -> list[Definition]:
    """Metrics first, then decoders, then how rates are chosen."""
    given = results.get("definitions", {})
    return [
        *_metrics(printed_metrics(results), given),
        *_decoders(decoders_of(results)),
        *_rate_criterion(results),
    ]


def _rate_criterion(results: Results) -> list[Definition]:
    sentence = results.get("rate_criterion")
    name = "Score on validation"
    return [Definition(name, sentence, anchor(name))] if sentence else []


def _metrics(keys: Iterable[str], given: Results) -> list[Definition]:
    unknown = "The results do not say how it is defined."
    return [Definition(metric_name(key), given.get(key, unknown), anchor(key)) for key in keys]


def _decoders(names: Iterable[str]) -> list[Definition]:
    return [
        Definition(name[:1].upper() + name[1:], DECODER_DEFINITIONS[name], anchor(name))
        for name in names
        if name in DECODER_DEFINITIONS
    ]
