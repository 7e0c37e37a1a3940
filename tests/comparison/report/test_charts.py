"""The drawings' lines are the results' values."""

import io

import numpy as np
from matplotlib.figure import Figure
from PIL import Image

from labelsphere.comparison.report.charts import (
    budget_panels,
    charts,
    curve_panels,
    draw,
    lines,
    picture,
)
from labelsphere.comparison.results import ComparisonResults


def test_curves_are_means_over_seeds(example_results: ComparisonResults) -> None:
    steps, time, *_ = curve_panels()
    first = lines(example_results, steps)[0]
    np.testing.assert_allclose(first.x, [10, 20])
    np.testing.assert_allclose(first.y, [0.1455, 0.291])
    np.testing.assert_allclose(lines(example_results, time)[0].x, [0.1, 0.2])


def test_budgets_end_where_the_results_say(example_results: ComparisonResults) -> None:
    panel = budget_panels(example_results)[0]
    assert panel.target == 0.291
    assert [line.x.tolist() for line in lines(example_results, panel)] == [[0.5, 1.0]] * 3
    axes = Figure().subplots()
    draw(axes, example_results, panel)
    assert axes.get_xscale() == "log"
    assert len(axes.get_lines()) == 4
    assert axes.get_ylim()[0] == 0


def test_pictures_and_drawings_for_the_page(example_results: ComparisonResults) -> None:
    panels = curve_panels()
    assert Image.open(io.BytesIO(picture(example_results, panels))).size == (1560, 1050)
    made = charts(example_results, panels)
    assert [chart.title for chart in made] == [panel.title for panel in panels]
    assert all(chart.svg.startswith("<svg") for chart in made)
