import pytest

from labelsphere.comparison.decoder_names import AS_TRAINED
from labelsphere.comparison.report.budget_curves import (
    BudgetPanel,
    budget_panels,
    budget_svg,
    budgets_png,
    panel_line,
)
from labelsphere.comparison.rivals import AT_BEST


@pytest.fixture
def results(make_results):
    return make_results(2, strengths=(1.0, 1.25), budgets=True)


def test_a_line_holds_every_budget_over_steps_or_seconds(results):
    method = results["methods"][1]
    mean = method["summary"][AS_TRAINED]["map@100"]["mean"]
    line = panel_line(method, BudgetPanel("map@100", AS_TRAINED))
    assert [x for x, _ in line] == [400, 800, 1600]
    assert [y for _, y in line] == pytest.approx([0.75 * mean, 0.9 * mean, mean])
    line = panel_line(method, BudgetPanel("map@100", AS_TRAINED, seconds=True))
    assert [x for x, _ in line] == [125, 250, 500]


def test_a_line_at_a_constant_rate_holds_every_evaluation(results):
    method = results["methods"][1]
    curve = method["constant"]["curves"][0]
    curve[3]["decoders"]["prior-adjusted for MAP@100"] = {"map@100": 0.77}
    line = panel_line(method, BudgetPanel("map@100", AT_BEST, constant=True))
    assert [x for x, _ in line] == [point["step"] for point in curve]
    assert line[3][1] == 0.77
    plain = panel_line(method, BudgetPanel("map@100", AS_TRAINED, constant=True))
    assert plain[3][1] == curve[3]["values"]["map@100"]


def test_panels_are_those_that_the_results_allow(make_results, results):
    assert budget_panels(make_results(2)) == []
    assert budgets_png(make_results(2)) is None
    assert len(budget_panels(results)) == 8
    for method in results["methods"]:
        del method["constant"]
    assert [panel.constant for panel in budget_panels(results)] == [False] * 4


def test_drawings_name_the_methods(results):
    drawn = budget_svg(results, budget_panels(results)[0])
    assert "Logistic regression" in drawn
    assert "training steps" in drawn
    assert budgets_png(results).startswith(b"\x89PNG")


def test_a_figure_that_was_not_measured_is_said_so(results):
    assert "not measured" in budget_svg(results, BudgetPanel("ndcg@99", AT_BEST))
