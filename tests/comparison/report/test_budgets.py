import pytest

from labelsphere.comparison.decoder_names import AS_TRAINED
from labelsphere.comparison.report.budgets import (
    budget_table,
    budget_values,
    fraction,
    has_budgets,
    has_constant,
    reaching_table,
)
from labelsphere.comparison.report.table import BEST
from labelsphere.comparison.rivals import AT_BEST, FIGURES


@pytest.fixture
def results(make_results):
    return make_results(3, strengths=(1.0, 1.25, 0.5), budgets=True)


def test_each_budgets_end_is_shown_and_marked_where_it_is_enough(results):
    table = budget_table(results, AS_TRAINED)
    assert len(table.rows) == 3 * len(FIGURES)
    assert [row.group for row in table.rows[:4]] == ["weighted MAP@100", "", "", "MAP@100"]
    assert [row.heading.title for row in table.rows[:3]] == [
        "1/4 of the steps",
        "1/2 of the steps",
        "1 of the steps",
    ]
    first = table.rows[0].cells[1]
    mean = results["methods"][1]["summary"][AS_TRAINED]["weighted_map@100"]["mean"]
    assert first.text == f"{0.75 * mean:.3f}"
    assert first.interval == "2 min 5 s"
    marks = [[cell.mark for cell in row.cells] for row in table.rows[:3]]
    assert marks == [["", "", ""], ["", BEST, ""], [BEST, BEST, ""]]


def test_figures_at_best_are_those_of_the_decoder_chosen_for_them(results):
    method = results["methods"][1]
    found = budget_values(method, AT_BEST, "map@100")
    expected = method["summary"]["prior-adjusted for MAP@100"]["map@100"]["mean"]
    assert found[1.0] == (pytest.approx(expected), 500.0)
    assert budget_values({}, AT_BEST, "map@100") == {}


def test_the_part_of_the_steps_that_was_enough(results):
    table = reaching_table(results)
    assert [row.group for row in table.rows if row.group] == [AS_TRAINED, AT_BEST]
    baseline, better, worse = table.rows[0].cells
    assert (baseline.text, baseline.interval) == ("1", "1.00 of the time")
    assert (better.text, better.interval) == ("1/2", "0.50 of the time")
    assert worse.text == "not reached"
    assert worse.interval.startswith("−")


def test_at_a_constant_rate_the_share_is_that_of_the_steps(results):
    cell = reaching_table(results, constant=True).rows[0].cells[1]
    assert (cell.text, cell.interval) == ("0.50", "0.40 of the time")
    entry = results["methods"][1]["constant"]["reaching"][AS_TRAINED]["weighted_map@100"]
    entry |= {"share": None, "steps": None, "seconds": None}
    assert reaching_table(results, constant=True).rows[0].cells[1].text == "not reached"


def test_what_was_not_trained_is_not_shown(make_results, results):
    plain = make_results(2)
    assert (has_budgets(plain), has_constant(plain)) == (False, False)
    assert (has_budgets(results), has_constant(results)) == (True, True)
    assert budget_table(plain, AS_TRAINED).rows == ()
    assert reaching_table(plain).rows == ()


@pytest.mark.parametrize(("share", "text"), [(1 / 8, "1/8"), (0.3, "3/10"), (0.123456, "0.123")])
def test_shares_are_fractions_where_they_can_be(share, text):
    assert fraction(share) == text
