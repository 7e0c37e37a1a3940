"""The report's tables hold the results' values."""

from collections.abc import Callable

import pytest

from labelsphere.comparison.report import tables
from labelsphere.comparison.report.page import Table
from labelsphere.comparison.results import REPORTED_METRICS, ComparisonResults

Maker = Callable[..., ComparisonResults]


def column(table: Table, number: int) -> list[str]:
    return [row.cells[number].text for row in table.rows]


def test_delivered_values_their_intervals_and_the_best(example_results: ComparisonResults) -> None:
    table = tables.delivered_table(example_results)
    assert [heading.title for heading in table.columns] == [
        "Logistic regression",
        "Sphere",
        "The paper",
    ]
    assert [row.heading.metric for row in table.rows] == list(REPORTED_METRICS)
    first = table.rows[0].cells
    assert [(cell.text, cell.best) for cell in first] == [
        ("0.399", False),
        ("0.439", True),
        ("0.319", False),
    ]
    assert first[0].remark == "0.389–0.409"


def test_differences_are_shares_of_the_best_baseline(example_results: ComparisonResults) -> None:
    table = tables.difference_table(example_results)
    assert [heading.title for heading in table.columns] == ["Best baseline", "Sphere", "The paper"]
    assert column(table, 1) == ["+10 %"] * 6
    assert column(table, 2) == ["−20 %"] * 6
    assert all(row.cells[1].best for row in table.rows)
    assert table.rows[0].cells[0].remark == "Logistic regression"


def test_budgets_are_marked_where_the_target_is_reached(example_results: ComparisonResults) -> None:
    table = tables.budget_table(example_results)
    assert [row.heading.title for row in table.rows[:2]] == [
        "1/2 of the steps",
        "all of the steps",
    ]
    assert [cell.best for cell in table.rows[0].cells] == [True, True, False]
    assert [row.group for row in table.rows[:3]] == ["P@1", "P@1", "P@5"]


def test_choices_are_marked_and_edges_named(example_results: ComparisonResults) -> None:
    table = tables.trial_table(example_results)
    assert [row.cells[0].best for row in table.rows] == [False, True]
    assert [row.heading.title for row in table.rows] == ["0.001, 1,600 steps", "0.01, 1,600 steps"]
    assert tables.trials_at_the_edge(example_results) == [
        "Logistic regression",
        "Sphere",
        "The paper",
    ]


def test_hits_are_marked_on_both_sides(example_results: ComparisonResults) -> None:
    (row,) = tables.example_table(example_results).rows
    assert [(item.text, item.marked) for item in row.cells[0].items] == [
        ("sky", True),
        ("sea", False),
    ]
    assert [(item.text, item.marked) for item in row.cells[1].items] == [
        ("sky", True),
        ("fish", False),
    ]


@pytest.mark.parametrize(
    ("table", "rows"),
    [
        (tables.frequency_table, 6),
        (tables.cost_table, 12),
        (tables.decoder_table, 14),
        (tables.neighbor_table, 1),
        (tables.equal_decoder_table, 6),
    ],
)
def test_the_others_have_their_rows(
    table: Callable[[ComparisonResults], Table], rows: int, example_results: ComparisonResults
) -> None:
    made = table(example_results)
    assert len(made.rows) == rows
    assert all(len(row.cells) == len(made.columns) for row in made.rows)
