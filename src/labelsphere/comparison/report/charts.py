"""Charts: metrics over the course of training (Figure 1), and the result of each budget."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from labelsphere.arrays import DoubleArray
from labelsphere.comparison.report import theme
from labelsphere.comparison.report.metric_names import metric_name
from labelsphere.comparison.report.page import Chart
from labelsphere.comparison.results import ComparisonResults, MethodResult

_PANEL_INCHES = (5.2, 3.5)
_DPI = 150


@dataclass(frozen=True)
class Line:
    """A method's line: its number and title, and its points."""

    number: int
    title: str
    x: DoubleArray
    y: DoubleArray


@dataclass(frozen=True)
class Panel:
    """One drawing.

    Attributes:
        title: Heading.
        unit: What the horizontal axis counts.
        points: A method's points, (points, 2) float64; none where it has none.
        target: A dashed line's height, or None.
        doubling: Whether each step on the horizontal axis doubles the value.
    """

    title: str
    unit: str
    points: Callable[[MethodResult], DoubleArray]
    target: float | None = None
    doubling: bool = False


def curve_panels() -> list[Panel]:
    """Metrics on the validation images along the training, over steps and over time."""
    return [
        Panel(f"{_title(metric)} over {axis}", unit, _along(metric, seconds=axis == "time"))
        for metric in ("image_ap", "map@100")
        for axis, unit in (("steps", "training steps"), ("time", "seconds of training"))
    ]


def budget_panels(results: ComparisonResults) -> list[Panel]:
    """Charts of the test metrics by budget; none where there is only one budget."""
    if not any(method.budgets for method in results.methods):
        return []
    return [
        Panel(f"{_title(metric)} by budget", "share of the steps", _ends(metric), target, True)
        for metric in ("image_ap", "class_ap", "weighted_map@100", "precision@1")
        for target in [next((m.reached[metric].target for m in results.methods if m.reached), None)]
    ]


def charts(results: ComparisonResults, panels: Sequence[Panel]) -> tuple[Chart, ...]:
    """The panels as SVG for the page, which sets their titles itself."""
    made = []
    with theme.drawing():
        for panel in panels:
            drawn = Figure(figsize=_PANEL_INCHES, layout="constrained")
            draw(drawn.subplots(), results, panel)
            made.append(Chart(panel.title, theme.svg(drawn)))
    return tuple(made)


def picture(results: ComparisonResults, panels: Sequence[Panel]) -> bytes:
    """The panels as one PNG, two in a row."""
    rows = (len(panels) + 1) // 2
    width, height = _PANEL_INCHES
    with theme.drawing():
        drawn = Figure(figsize=(2 * width, rows * height), layout="constrained")
        for axes, panel in zip(drawn.subplots(rows, 2).flat, panels, strict=True):
            draw(axes, results, panel)
            axes.set_title(panel.title, loc="left", fontsize=10.5, fontweight="bold", pad=10)
        return theme.png(drawn, _DPI)


def draw(axes: Axes, results: ComparisonResults, panel: Panel) -> None:
    """Draw a line a method, with a legend."""
    theme.plain_axes(axes, panel.unit)
    if panel.doubling:
        axes.set_xscale("log", base=2)
    for line in lines(results, panel):
        axes.plot(
            line.x,
            line.y,
            color=theme.colour(line.number),
            linestyle=theme.dash(line.number),
            marker=theme.marker(line.number),
            markersize=4,
            linewidth=2.2,
            # A title may begin with a sign that Matplotlib takes for "no label".
            label=theme.folded(f"\u200b{line.title}", 26),
        )
    if panel.target is not None:
        axes.axhline(panel.target, color=theme.MUTED, linestyle=(0, (4, 3)), linewidth=1.2)
    axes.set_ylim(bottom=0)
    if axes.get_legend_handles_labels()[0]:
        for text in axes.legend(frameon=False, fontsize=8, loc="lower right").get_texts():
            text.set_parse_math(False)


def lines(results: ComparisonResults, panel: Panel) -> list[Line]:
    """The lines of the methods that have points."""
    found = []
    for number, method in enumerate(results.methods):
        points = panel.points(method)
        if len(points):
            found.append(Line(number, method.title, points[:, 0], points[:, 1]))
    return found


def _along(metric: str, *, seconds: bool) -> Callable[[MethodResult], DoubleArray]:
    def points(method: MethodResult) -> DoubleArray:
        """Means over seeds, evaluation by evaluation."""
        curves = [
            [(p.seconds if seconds else p.step, p.values[metric]) for p in run.curve]
            for run in method.runs
        ]
        length = min(len(curve) for curve in curves)
        mean: DoubleArray = np.mean([curve[:length] for curve in curves], axis=0, dtype=np.float64)
        return mean

    return points


def _ends(metric: str) -> Callable[[MethodResult], DoubleArray]:
    def points(method: MethodResult) -> DoubleArray:
        found = [(b.share, b.delivered[metric].value) for b in method.budgets]
        return np.array(found, np.float64).reshape(-1, 2)

    return points


def _title(metric: str) -> str:
    name = metric_name(metric)
    return f"{name[:1].upper()}{name[1:]}"
