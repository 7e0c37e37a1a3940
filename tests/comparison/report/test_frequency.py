import numpy as np
import pytest

from labelsphere.comparison.decoder_names import AS_TRAINED
from labelsphere.comparison.report.frequency import (
    bucket_name,
    frequency_buckets,
    frequency_metrics,
    frequency_table,
)
from labelsphere.comparison.report.frequency_chart import frequency_svgs


def test_table_holds_means_over_seeds(make_results):
    results = make_results(2, 3)
    table = frequency_table(results, "recall@10")
    shown = ["prior-adjusted for MAP@100", "prior-adjusted for AP per image"]
    assert [row.group for row in table.rows if row.group] == [AS_TRAINED, *shown]
    runs = results["methods"][1]["runs"]
    expected = np.mean(
        [run["decoders"]["as trained"]["by_frequency"]["30-99"]["recall@10"] for run in runs]
    )
    assert float(table.rows[2].cells[1].text) == pytest.approx(expected, abs=0.0005)


def test_metrics_and_buckets_are_those_measured(make_results):
    results = make_results(2)
    assert frequency_metrics(results, "as trained") == ["map@100", "recall@10"]
    assert frequency_buckets(results, "as trained")[0] == "1-9"
    assert frequency_metrics(results, "unknown") == []


def test_a_bucket_without_a_figure_is_a_dash(make_results):
    results = make_results(1, 1)
    decoded = results["methods"][0]["runs"][0]["decoders"]["as trained"]
    decoded["by_frequency"]["1-9"]["map@100"] = None
    assert frequency_table(results, "map@100").rows[0].cells[0].text == "–"
    assert len(frequency_svgs(results, ["as trained"], "map@100")) == 1


@pytest.mark.parametrize(
    ("key", "name"), [("0", "0"), ("1-9", "1–9"), ("1000+", "1,000+"), ("rare", "rare")]
)
def test_bucket_names(key, name):
    assert bucket_name(key) == name
