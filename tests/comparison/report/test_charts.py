"""The drawings' lines are the results' values."""

import io

import numpy as np
from matplotlib.figure import Figure
from PIL import Image

from labelsphere.comparison.report import theme
from labelsphere.comparison.report.charts import (
    budget_charts,
    curve_charts,
    draw,
    picture,
    svg,
)
from labelsphere.comparison.report.page import Chart
from labelsphere.comparison.results import ComparisonResults


def test_curves_are_means_over_seeds(example_results: ComparisonResults) -> None:
    steps, time, *_ = curve_charts(example_results)
    title, points = steps.lines[0]
    assert title == "Logistic regression"
    np.testing.assert_allclose(points, [[10, 0.1455], [20, 0.291]])
    np.testing.assert_allclose(time.lines[0][1][:, 0], [0.1, 0.2])


def test_budgets_end_where_the_results_say(example_results: ComparisonResults) -> None:
    chart = budget_charts(example_results)[0]
    assert chart.target == 0.291
    assert [points[:, 0].tolist() for _, points in chart.lines] == [[0.5, 1.0]] * 3
    axes = Figure().subplots()
    draw(axes, chart)
    assert axes.get_xscale() == "log"
    assert [text.get_text() for text in axes.get_xticklabels()] == ["1/2", "all"]
    assert len(axes.get_lines()) == 4
    assert axes.get_ylim()[0] == 0


def test_a_method_without_points_keeps_its_look_to_itself() -> None:
    lines = (("none", np.empty((0, 2))), ("_some", np.ones((1, 2))))
    with theme.drawing():
        axes = Figure().subplots()
        draw(axes, Chart("a chart", "steps", lines))
    assert axes.get_lines()[1].get_color() == theme.SERIES[1]
    legend = axes.get_legend()
    assert legend is not None
    assert [text.get_text() for text in legend.get_texts()] == ["\u200b_some"]


def test_pictures_and_drawings_for_the_page(example_results: ComparisonResults) -> None:
    found = curve_charts(example_results)
    assert Image.open(io.BytesIO(picture(found))).size == (1560, 1050)
    assert all(svg(chart).startswith("<svg") for chart in found)
