import pytest

from labelsphere.comparison.decoder_names import PRIOR_ADJUSTED
from labelsphere.comparison.report import tables
from labelsphere.comparison.report.table import BEST, LEVEL, largest_in


def test_main_table_marks_the_leader_or_all_that_are_level(make_results):
    clear = tables.main_table(make_results(2, strengths=(1.0, 0.5)))
    assert {cell.mark for row in clear.rows for cell in row.cells} == {BEST, ""}
    level = tables.main_table(make_results(2, 1, strengths=(1.0, 1.0)))
    assert {cell.mark for row in level.rows for cell in row.cells} == {LEVEL}
    alone = tables.main_table(make_results(1))
    assert {cell.mark for row in alone.rows for cell in row.cells} == {""}


def test_a_figure_that_one_method_lacks_is_a_dash(make_results):
    results = make_results(2)
    del results["methods"][1]["summary"]["as trained"]["psp@1"]
    row = next(r for r in tables.main_table(results).rows if r.heading.metric == "psp@1")
    assert row.cells[1].text == "–"
    assert row.cells[0].mark == ""


def test_rate_table_marks_the_chosen_rate_and_its_edge(make_results):
    results = make_results(2)
    results["methods"][1]["rate"]["chosen"] = 0.01
    table = tables.rate_table(results)
    assert [row.heading.title for row in table.rows] == ["0.001", "0.004", "0.01"]
    marks = [[cell.mark for cell in row.cells] for row in table.rows]
    assert marks == [["", ""], [BEST, ""], ["", BEST]]
    assert tables.rates_at_the_edge(results) == ["Cosine proximity (the paper)"]
    assert tables.rate_criterion(results) == "score"


def test_rates_that_only_some_methods_tried_are_dashes(make_results):
    results = make_results(2)
    results["methods"][1]["rate"]["grid"] = [{"rate": 0.02, "score": 0.05}]
    texts = [[cell.text for cell in row.cells] for row in tables.rate_table(results).rows]
    assert texts[-1] == ["–", "0.0500"]
    assert texts[0][1] == "–"


def test_cost_table_prints_each_seed(make_results):
    results = make_results(2, 3)
    row = tables.cost_table(results).rows[-1]
    seeds = results["methods"][0]["summary"]["as trained"]["map@100"]["seeds"]
    printed = [float(part) for part in row.cells[0].text.split(", ")]
    assert printed == pytest.approx(seeds, abs=0.0005)


def test_cost_table_names_the_readings_that_were_chosen(make_results):
    results = make_results(2, 2)
    name = next(iter(PRIOR_ADJUSTED))
    for run, reading in zip(results["methods"][1]["runs"], ("point", "tag_sets_10"), strict=True):
        run["decoders"][name]["reading"] = reading
    rows = {row.heading.title: row for row in tables.cost_table(results).rows}
    texts = [cell.text for cell in rows[f"Weight s of the log prior, {name}"].cells]
    assert texts == ["0.50, 0.50", "point: 0.50, tag_sets_10: 0.50"]


def test_largest_in_a_row_counts_intervals(make_results):
    row = tables.main_table(make_results(2, strengths=(1.0, 0.5))).rows[0]
    assert largest_in(row) == row.cells[0].estimate.high
