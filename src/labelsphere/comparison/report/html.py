"""The report as one HTML file: styles, drawings and pictures inside, nothing to fetch."""

from importlib import resources
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from labelsphere.comparison.decoder_names import AS_TRAINED
from labelsphere.comparison.report import budgets, tables, theme
from labelsphere.comparison.report.budget_curves import budget_panels, budget_svg
from labelsphere.comparison.report.curves import PANELS, panel_svg
from labelsphere.comparison.report.definitions import definitions
from labelsphere.comparison.report.estimates import Results, decoders_of
from labelsphere.comparison.report.examples import examples
from labelsphere.comparison.report.facts import facts
from labelsphere.comparison.report.frequency import (
    frequency_decoders,
    frequency_metrics,
    frequency_table,
)
from labelsphere.comparison.report.frequency_chart import frequency_svgs
from labelsphere.comparison.report.metric_names import anchor, metric_name
from labelsphere.comparison.report.numbers import count, figure
from labelsphere.comparison.report.rivals import at_best_table, decoder_by_decoder
from labelsphere.comparison.report.table import largest_in
from labelsphere.comparison.report.verdict import verdict

_PACKAGE = "labelsphere.comparison.report"


def html(results: Results) -> str:
    """The whole page. Tags, titles and paths come from users: all text is escaped."""
    environment = Environment(
        loader=PackageLoader(_PACKAGE, "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"count": count, "figure": figure, "anchor": anchor, "span": largest_in}
    style = resources.files(_PACKAGE).joinpath("report.css").read_text(encoding="utf-8")
    page: str = environment.get_template("report.html.j2").render(
        style=Markup(style),
        results=results,
        verdict=verdict(results),
        keys=tables.key_rows(results),
        main=tables.main_table(results),
        decoders=tables.decoder_table(results),
        decoder_names=[name[:1].upper() + name[1:] for name in decoders_of(results)],
        at_best=at_best_table(results),
        by_decoder=decoder_by_decoder(results),
        budgets=_budgets(results),
        **_frequency(results),
        panels=[(panel.title, Markup(panel_svg(results, panel))) for panel in PANELS],
        rates=tables.rate_table(results),
        criterion=tables.rate_criterion(results),
        edge=tables.rates_at_the_edge(results),
        cost=tables.cost_table(results),
        examples=examples(results),
        facts=facts(results),
        definitions=definitions(results),
        meaning={d.anchor: d.sentence for d in definitions(results)},
        series=len(theme.SERIES),
    )
    return page


def _budgets(results: Results) -> dict[str, Any]:
    """What the page tells of trainings with a part of the steps, or at a constant rate."""
    drawings = [
        (panel.constant, panel.title, Markup(budget_svg(results, panel)))
        for panel in budget_panels(results)
    ]
    return {
        "panels": [(title, drawing) for constant, title, drawing in drawings if not constant],
        "constant_panels": [(title, drawing) for constant, title, drawing in drawings if constant],
        "told": budgets.BUDGETS_TOLD,
        "reached_told": budgets.REACHED_TOLD,
        "reached": budgets.reaching_table(results),
        "ends_told": budgets.ENDS_TOLD,
        "ends": [(view, budgets.budget_table(results, view)) for view in budgets.VIEWS],
        "constant_told": budgets.CONSTANT_TOLD,
        "constant_reached": budgets.reaching_table(results, constant=True),
    }


def _frequency(results: Results) -> dict[str, Any]:
    """Charts of the first metric measured by frequency, and a table of each."""
    keys = frequency_metrics(results, AS_TRAINED)
    decoders = frequency_decoders(results)
    charts = frequency_svgs(results, decoders, keys[0]) if keys else []
    return {
        "frequency_metric": metric_name(keys[0]) if keys else "",
        "frequency_charts": [
            (name, Markup(chart)) for name, chart in zip(decoders, charts, strict=bool(keys))
        ],
        "frequency_tables": [(metric_name(k), k, frequency_table(results, k)) for k in keys],
    }
