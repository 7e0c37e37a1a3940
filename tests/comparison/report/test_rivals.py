import pytest

from labelsphere.comparison.report.rivals import (
    at_best_table,
    contenders,
    decoder_by_decoder,
    gain_in_percent,
    signed_percent,
)
from labelsphere.comparison.report.table import BEST
from labelsphere.comparison.rivals import FIGURES


def test_the_table_holds_the_rivals_figure_and_the_gains(make_results):
    results = make_results(3, strengths=(1.0, 1.4, 1.0))
    entry = results["methods"][1]["against_best"]["map@100"]["each at its best"]
    entry |= {"value": 0.3, "rival_value": 0.2, "difference": 0.1, "low": 0.05, "high": 0.15}
    table = at_best_table(results)
    titles = [method["title"] for method in results["methods"]]
    assert [heading.title for heading in table.columns] == ["Best rival", *titles[1:]]
    assert [heading.series for heading in table.columns] == [None, 1, 2]
    assert [row.heading.metric for row in table.rows] == list(FIGURES)
    rival, first, second = table.rows[1].cells
    assert (rival.text, rival.interval) == ("0.200", "Logistic regression")
    assert (first.text, first.interval, first.mark) == ("0.300, +50 %", "+25 % to +75 %", BEST)
    assert second.mark == ""


def test_each_method_is_shown_decoder_by_decoder(make_results):
    results = make_results(3)
    (title, table), _ = decoder_by_decoder(results)
    assert title == results["methods"][1]["title"]
    assert [heading.title for heading in table.columns] == list(results["methods"][1]["summary"])
    assert {len(row.cells) for row in table.rows} == {len(table.columns)}
    del results["methods"][1]["against_best"]["image_ap"]["as trained"]
    table = decoder_by_decoder(results)[0][1]
    row = next(row for row in table.rows if row.heading.metric == "image_ap")
    assert row.cells[0].text == "–"


def test_without_rivals_there_is_nothing_to_show(make_results):
    results = make_results(1)
    assert contenders(results) == []
    assert at_best_table(results).rows == ()
    assert decoder_by_decoder(results) == []


@pytest.mark.parametrize(
    ("share", "text"), [(0.1234, "+12 %"), (-0.019, "−1.9 %"), (0.0, "+0.0 %"), (-0.5, "−50 %")]
)
def test_percentages_bear_their_sign(share, text):
    assert signed_percent(share) == text


def test_a_rival_at_zero_gives_no_percentage():
    assert gain_in_percent({"rival_value": 0.0, "difference": 0.1, "low": 0, "high": 1}) is None
