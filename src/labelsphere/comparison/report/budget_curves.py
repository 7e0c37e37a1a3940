"""Figures at the end of each budget, and along the trainings at a constant rate, as drawings."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.ticker import FuncFormatter, NullLocator

from labelsphere.comparison.decoder_names import AS_TRAINED, best_decoder
from labelsphere.comparison.report import theme
from labelsphere.comparison.report.budgets import budget_values, has_budgets, has_constant
from labelsphere.comparison.report.curves import DPI, PANEL_INCHES, SIZE_INCHES
from labelsphere.comparison.report.estimates import Results
from labelsphere.comparison.report.line_names import name_lines
from labelsphere.comparison.report.metric_names import metric_name
from labelsphere.comparison.rivals import AT_BEST

Line = list[tuple[float, float]]


@dataclass(frozen=True)
class BudgetPanel:
    """One drawing.

    Attributes:
        metric: The figure.
        view: ``AS_TRAINED`` or ``AT_BEST``.
        seconds: Whether over time rather than steps.
        constant: Whether along the training at a constant rate.
    """

    metric: str
    view: str
    seconds: bool = False
    constant: bool = False

    @property
    def title(self) -> str:
        """Heading of the panel."""
        name = metric_name(self.metric)
        over = "time" if self.seconds else "steps"
        kind = "constant rate" if self.constant else "budgets"
        return f"{name[:1].upper()}{name[1:]} over {over}, {kind}, {self.view}"


_CHOSEN = (
    ("weighted_map@100", AT_BEST, False),
    ("weighted_map@100", AT_BEST, True),
    ("weighted_map@100", AS_TRAINED, False),
    ("image_ap", AT_BEST, False),
)


def budget_panels(results: Results) -> list[BudgetPanel]:
    """The drawings that the results allow."""
    panels = []
    for there, constant in ((has_budgets(results), False), (has_constant(results), True)):
        if there:
            panels += [BudgetPanel(*parts, constant=constant) for parts in _CHOSEN]
    return panels


def budgets_png(results: Results) -> bytes | None:
    """All panels as one picture, or None where there are none."""
    panels = budget_panels(results)
    if not panels:
        return None
    with theme.drawing():
        rows = len(panels) // 2
        margins = ConstrainedLayoutEngine(w_pad=0.15, h_pad=0.15)
        width, height = SIZE_INCHES
        drawn = Figure(figsize=(width, height * rows / 2), layout=margins)
        for axes, panel in zip(drawn.subplots(rows, 2).flat, panels, strict=True):
            draw_budget_panel(axes, results, panel)
            axes.set_title(panel.title, loc="left", fontsize=10, fontweight="bold", pad=10)
        return theme.png(drawn, DPI)


def budget_svg(results: Results, panel: BudgetPanel) -> str:
    """One panel as SVG for the page, which sets the title itself."""
    with theme.drawing():
        drawn = Figure(figsize=PANEL_INCHES, layout="constrained")
        draw_budget_panel(drawn.subplots(), results, panel)
        return theme.svg(drawn)


def draw_budget_panel(axes: Axes, results: Results, panel: BudgetPanel) -> None:
    """A line a method over a logarithmic axis, and the best rival's end as a dashed one."""
    unit = "seconds" if panel.seconds else "training steps"
    theme.plain_axes(axes, f"{unit} of training" if panel.seconds else unit)
    axes.set_xscale("log", base=2)
    ends, highest, places = [], 0.0, set[float]()
    for number, method in enumerate(results["methods"]):
        line = panel_line(method, panel)
        if not line:
            continue
        x, y = zip(*line, strict=True)
        axes.plot(
            x,
            y,
            color=theme.colour(number),
            linestyle=theme.dash(number),
            linewidth=2.2,
            marker=theme.marker(number),
            markersize=4,
        )
        highest = max(highest, *y)
        places.update(x)
        ends.append((number, str(method["title"]), float(x[-1]), float(y[-1])))
    if not ends:
        axes.text(
            0.5, 0.5, "not measured", transform=axes.transAxes, ha="center", color=theme.MUTED
        )
        return
    axes.set_ylim(0, highest * 1.08 or 1)
    if not panel.seconds and not panel.constant:
        axes.set_xticks(_apart(places))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.4g}"))
    target = _target(results["methods"], panel)
    if target is not None:
        axes.axhline(target, color=theme.MUTED, linestyle=(0, (4, 3)), linewidth=1.2, zorder=1)
    name_lines(axes, ends)


def _apart(places: Collection[float]) -> list[float]:
    """Budgets to name on an axis: the largest, and downwards those whose names have room."""
    kept: list[float] = []
    for place in sorted(places, reverse=True):
        if not kept or kept[-1] >= 1.2 * place:
            kept.append(place)
    return kept


def panel_line(method: Results, panel: BudgetPanel) -> Line:
    """Points of one method, by rising steps or seconds."""
    if panel.constant:
        return _along(method, panel)
    steps = {float(b["share"]): float(b["steps"]) for b in method.get("budgets") or []}
    line = []
    for share, (value, seconds) in sorted(budget_values(method, panel.view, panel.metric).items()):
        place = seconds if panel.seconds else steps[share]
        if place:
            line.append((place, value))
    return line


def _along(method: Results, panel: BudgetPanel) -> Line:
    curves = (method.get("constant") or {}).get("curves") or []
    line = []
    for point in curves[0] if curves else []:
        values = _values(point, panel)
        if panel.metric in values:
            line.append(
                (float(point["seconds" if panel.seconds else "step"]), values[panel.metric])
            )
    return line


def _values(point: Mapping[str, Any], panel: BudgetPanel) -> Mapping[str, float]:
    under = point.get("decoders", {})
    name = best_decoder(panel.metric, under) if panel.view == AT_BEST else AS_TRAINED
    values: Mapping[str, float] = point["values"] if name == AS_TRAINED else under[name]
    return values


def _target(methods: Sequence[Results], panel: BudgetPanel) -> float | None:
    for method in methods:
        of = (method.get("constant") or {}) if panel.constant else method
        found = of.get("reaching", {}).get(panel.view, {}).get(panel.metric)
        if found:
            return float(found["target"])
    return None
