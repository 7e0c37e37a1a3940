import io

import numpy as np
import pytest
from matplotlib.figure import Figure
from PIL import Image

from labelsphere.comparison.report.curves import (
    PANELS,
    Panel,
    curves_png,
    draw_panel,
    mean_line,
    panel_svg,
    seed_lines,
)


@pytest.mark.parametrize("methods", [1, 2, 5])
def test_picture_has_the_stated_size_and_is_not_blank(make_results, methods):
    with Image.open(io.BytesIO(curves_png(make_results(methods)))) as image:
        assert image.format == "PNG"
        assert image.size == (1650, 1200)
        colours = image.convert("RGB").getcolors(1 << 20)
    assert colours is not None
    assert sum(count for count, _ in colours if count < 1000) > 1000


def test_thick_line_is_the_mean_of_the_seeds(make_results):
    method = make_results(1, 3)["methods"][0]
    lines = seed_lines(method, Panel("map@100"), 1.0)
    x, y = mean_line(lines)
    for place, step in enumerate(x):
        values = [
            point["values"]["map@100"]
            for run in method["runs"]
            for point in run["curve"]
            if point["step"] == step
        ]
        assert len(values) == 3
        assert y[place] == pytest.approx(np.mean(values), rel=1e-12)


def test_seeds_that_stopped_early_shorten_the_mean(make_results):
    method = make_results(1, 2)["methods"][0]
    del method["runs"][1]["curve"][4:]
    x, _ = mean_line(seed_lines(method, Panel("map@100"), 1.0))
    assert x.tolist() == [160, 320, 480, 640]


def lines_at(axes, height):
    return [line for line in axes.get_lines() if np.allclose(line.get_ydata(), height)]


def test_baseline_s_final_value_and_crossings_are_drawn(make_results):
    results = make_results(2, 3, strengths=(1.0, 1.4))
    target = results["methods"][1]["steps_to_baseline"]
    assert target["steps"] is not None
    axes = Figure().subplots()
    draw_panel(axes, results, Panel("map@100"))
    dashed, circle = lines_at(axes, target["target"])
    assert len(dashed.get_xdata()) == 2
    assert list(circle.get_xdata()) == [target["steps"]]
    assert f"{target['steps']:,} steps" in [text.get_text() for text in axes.texts]


def test_nothing_is_said_to_cross_where_it_does_not(make_results):
    results = make_results(2, 3, strengths=(1.0, 0.5))
    axes = Figure().subplots()
    draw_panel(axes, results, Panel("map@100"))
    assert len(lines_at(axes, results["methods"][1]["steps_to_baseline"]["target"])) == 1
    assert not [text for text in axes.texts if text.get_text().endswith("steps")]


def test_long_times_are_in_minutes(make_results):
    results = make_results(1, 1)
    axes = Figure().subplots()
    draw_panel(axes, results, Panel("map@100", "seconds"))
    assert axes.get_xlabel() == "seconds"
    for point in results["methods"][0]["runs"][0]["curve"]:
        point["seconds"] *= 10
    axes = Figure().subplots()
    draw_panel(axes, results, Panel("map@100", "seconds"))
    assert axes.get_xlabel() == "training time, min"
    assert max(axes.get_lines()[0].get_xdata()) == pytest.approx(1600 * 3.1 / 60)


def test_a_title_with_dollars_is_not_mathematics(make_results):
    results = make_results(1, 1)
    results["methods"][0]["title"] = r"$\frac{$"
    assert r"$\frac{$" in panel_svg(results, PANELS[0])
