"""Charts: metrics over the course of training (Figure 1), and the result of each budget."""

from collections.abc import Sequence
from textwrap import fill

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from labelsphere.arrays import DoubleArray
from labelsphere.comparison.report import theme
from labelsphere.comparison.report.metric_names import metric_name
from labelsphere.comparison.report.numbers import fraction
from labelsphere.comparison.report.page import Chart
from labelsphere.comparison.results import ComparisonResults, MethodResult

_INCHES = (5.2, 3.5)


def curve_charts(results: ComparisonResults) -> tuple[Chart, ...]:
    """Metrics on the validation images along the training, over steps and over time."""
    return tuple(
        Chart(
            f"{_title(metric)} over {axis}",
            unit,
            tuple((m.title, _curve(m, metric, axis)) for m in results.methods),
        )
        for metric in ("image_ap", "map@100")
        for axis, unit in (("steps", "training steps"), ("time", "seconds of training"))
    )


def budget_charts(results: ComparisonResults) -> tuple[Chart, ...]:
    """Charts of the test metrics by budget; none where there is only one budget."""
    shares = tuple(sorted({budget.share for m in results.methods for budget in m.budgets}))
    if not shares:
        return ()
    charts = []
    for metric in ("image_ap", "class_ap", "weighted_map@100", "precision@1"):
        lines = tuple(
            (m.title, _points([(b.share, b.delivered[metric].value) for b in m.budgets]))
            for m in results.methods
        )
        target = next((m.reached[metric].target for m in results.methods if m.reached), None)
        title = f"{_title(metric)} by budget"
        charts.append(Chart(title, "share of the steps", lines, target, shares))
    return tuple(charts)


def svg(chart: Chart) -> str:
    """A chart for the page, which sets its title itself."""
    with theme.drawing():
        drawn = Figure(figsize=_INCHES, layout="constrained")
        draw(drawn.subplots(), chart)
        return theme.svg(drawn)


def picture(charts: Sequence[Chart]) -> bytes:
    """Charts as one PNG, two in a row."""
    rows = (len(charts) + 1) // 2
    width, height = _INCHES
    with theme.drawing():
        drawn = Figure(figsize=(2 * width, rows * height), layout="constrained")
        for axes, chart in zip(drawn.subplots(rows, 2).flat, charts, strict=True):
            draw(axes, chart)
            axes.set_title(chart.title)
        return theme.png(drawn)


def draw(axes: Axes, chart: Chart) -> None:
    """Draw a line a method, with a legend."""
    axes.set_xlabel(chart.unit)
    for title, points in chart.lines:
        # A title may begin with a sign that Matplotlib takes for "no label".
        axes.plot(*points.T, label=fill(f"\u200b{title}", 26) if len(points) else None)
    if chart.shares:
        axes.set_xscale("log", base=2)
        axes.set_xticks(chart.shares, [fraction(share) for share in chart.shares])
    if chart.target is not None:
        axes.axhline(chart.target, color=theme.MUTED, linestyle=(0, (4, 3)), linewidth=1.2)
    # Room above the highest line, which may be almost level.
    axes.set_ylim(0, 1.03 * axes.get_ylim()[1])
    if axes.get_legend_handles_labels()[0]:
        for text in axes.legend().get_texts():
            text.set_parse_math(False)


def _curve(method: MethodResult, metric: str, axis: str) -> DoubleArray:
    """Means over seeds, evaluation by evaluation."""
    curves = [
        [(p.seconds if axis == "time" else p.step, p.values[metric]) for p in run.curve]
        for run in method.runs
    ]
    length = min(len(curve) for curve in curves)
    return _points(np.mean([curve[:length] for curve in curves], axis=0, dtype=np.float64))


def _points(found: Sequence[tuple[float, float]] | DoubleArray) -> DoubleArray:
    return np.asarray(found, np.float64).reshape(-1, 2)


def _title(metric: str) -> str:
    name = metric_name(metric)
    return f"{name[:1].upper()}{name[1:]}"
