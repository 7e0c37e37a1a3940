"""Figure 1: test figures while training, one line a method, and the baseline's final value."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.ticker import FuncFormatter, MaxNLocator

from labelsphere.arrays import DoubleArray
from labelsphere.comparison.report import theme
from labelsphere.comparison.report.estimates import Results
from labelsphere.comparison.report.line_names import name_lines
from labelsphere.comparison.report.metric_names import metric_name
from labelsphere.comparison.report.numbers import count, decimals_for, figure, is_number

SIZE_INCHES = (11.0, 8.0)
PANEL_INCHES = (5.2, 3.5)
DPI = 150


@dataclass(frozen=True)
class Panel:
    """One small drawing: a metric over steps or over time."""

    metric: str
    axis: str = "step"

    @property
    def title(self) -> str:
        """Heading of the panel."""
        over = "time" if self.axis == "seconds" else "training steps"
        name = metric_name(self.metric)
        return f"{name[:1].upper()}{name[1:]} over {over}"


PANELS = (
    Panel("map@100"),
    Panel("weighted_map@100"),
    Panel("map@100", "seconds"),
    Panel("precision@1"),
)


def curves_png(results: Results) -> bytes:
    """All panels as one picture, 1650 × 1200 pixels."""
    with theme.drawing():
        margins = ConstrainedLayoutEngine(w_pad=0.15, h_pad=0.15)
        drawn = Figure(figsize=SIZE_INCHES, layout=margins)
        for axes, panel in zip(drawn.subplots(2, 2).flat, PANELS, strict=True):
            draw_panel(axes, results, panel)
            axes.set_title(panel.title, loc="left", fontsize=10.5, fontweight="bold", pad=10)
        return theme.png(drawn, DPI)


def panel_svg(results: Results, panel: Panel) -> str:
    """One panel as SVG for the page, which sets the title itself."""
    with theme.drawing():
        drawn = Figure(figsize=PANEL_INCHES, layout="constrained")
        draw_panel(drawn.subplots(), results, panel)
        return theme.svg(drawn)


def draw_panel(axes: Axes, results: Results, panel: Panel) -> None:
    """Thin lines for seeds, a thick one for their mean, names at the lines' ends."""
    minutes = panel.axis == "seconds" and _longest(results) > 600
    unit = {"step": "training steps", "seconds": "training time, min" if minutes else "seconds"}
    theme.plain_axes(axes, unit[panel.axis])
    ends = []
    for number, method in enumerate(results["methods"]):
        lines = seed_lines(method, panel, 60.0 if minutes else 1.0)
        if not lines:
            continue
        if len(lines) > 1:
            for x, y in lines:
                axes.plot(x, y, color=theme.colour(number), linewidth=0.8, alpha=0.45)
        x, y = mean_line(lines)
        axes.plot(
            x,
            y,
            color=theme.colour(number),
            linestyle=theme.dash(number),
            linewidth=2.2,
            marker=theme.marker(number),
            markersize=4,
            solid_capstyle="round",
        )
        ends.append((number, method["title"], float(x[-1]), float(y[-1])))
    if not ends:
        axes.text(
            0.5, 0.5, "not measured", transform=axes.transAxes, ha="center", color=theme.MUTED
        )
        axes.set_xticks([])
        axes.set_yticks([])
        return
    highest = _set_limits(axes, [end[2] for end in ends])
    _baseline(axes, results, panel, highest)
    name_lines(axes, ends)


def seed_lines(method: Results, panel: Panel, unit: float) -> list[tuple[DoubleArray, DoubleArray]]:
    """Points of each seed's curve that have the metric.

    Args:
        method: One method of the results.
        panel: What is drawn.
        unit: What a horizontal value is divided by.
    """
    lines = []
    for run in method["runs"]:
        points = [
            (point[panel.axis] / unit, point["values"][panel.metric])
            for point in run.get("curve", [])
            if is_number(point["values"].get(panel.metric)) and is_number(point.get(panel.axis))
        ]
        if points:
            x, y = np.array(points, np.float64).T
            lines.append((x, y))
    return lines


def mean_line(
    lines: Sequence[tuple[DoubleArray, DoubleArray]],
) -> tuple[DoubleArray, DoubleArray]:
    """Mean over seeds, evaluation by evaluation, as far as all seeds have come."""
    length = min(len(x) for x, _ in lines)
    x = np.mean([x[:length] for x, _ in lines], axis=0)
    y = np.mean([y[:length] for _, y in lines], axis=0)
    return x, y


def _longest(results: Results) -> float:
    seconds = [
        point.get("seconds") or 0.0
        for method in results["methods"]
        for run in method["runs"]
        for point in run.get("curve", [])
    ]
    return max(seconds, default=0.0)


def _set_limits(axes: Axes, ends: Sequence[float]) -> float:
    axes.set_ylim(bottom=0, top=axes.get_ylim()[1] * 1.08)
    axes.set_xlim(left=0, right=max(ends) * 1.02 or 1)
    axes.xaxis.set_major_locator(MaxNLocator(nbins=5, min_n_ticks=2))
    axes.yaxis.set_major_locator(MaxNLocator(nbins=5))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.10g}"))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:.4g}"))
    return float(axes.get_ylim()[1])


def _baseline(axes: Axes, results: Results, panel: Panel, highest: float) -> None:
    """A dashed line at the baseline's final value, and where each method reaches it."""
    targets = [
        (number, method, method["steps_to_baseline"])
        for number, method in enumerate(results["methods"])
        if method.get("steps_to_baseline")
        and method["steps_to_baseline"]["baseline"] != method["name"]
        and method["steps_to_baseline"]["metric"] == panel.metric
    ]
    if not targets:
        return
    target = targets[0][2]["target"]
    axes.axhline(target, color=theme.MUTED, linestyle=(0, (4, 3)), linewidth=1.2, zorder=1)
    axes.annotate(
        f"baseline's final value, {figure(target, decimals_for([target]))}",
        (0, target),
        xytext=(4, 4),
        textcoords="offset points",
        color=theme.MUTED,
        fontsize=8,
    )
    if panel.axis != "step":
        return
    reached = [(n, t["steps"]) for n, _, t in targets if t.get("steps") is not None]
    for place, (number, steps) in enumerate(sorted(reached, key=lambda pair: -pair[1])):
        axes.vlines(steps, 0, target, color=theme.colour(number), linewidth=1, linestyle=":")
        axes.plot(
            [steps],
            [target],
            marker="o",
            markersize=7,
            markerfacecolor=theme.PAPER,
            markeredgecolor=theme.colour(number),
            markeredgewidth=1.8,
            zorder=5,
        )
        axes.annotate(
            f"{count(steps)} steps",
            (steps, highest * (0.05 + 0.07 * place)),
            xytext=(4, 0),
            textcoords="offset points",
            color=theme.colour(number),
            fontsize=8,
            fontweight="bold",
        )
