from pathlib import Path

import polars as pl
import pytest

from labelsphere.annotations import ReadReport
from labelsphere.annotations.filters import (
    LabelNames,
    check_confidences,
    drop_uncertain,
    separate_absent,
)
from labelsphere.errors import DataError, UsageError


def weighted(*confidences: float | None) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "row": range(len(confidences)),
            "tag": [f"t{n}" for n in range(len(confidences))],
            "confidence": pl.Series(confidences, dtype=pl.Float64),
        }
    )


def plain(*tags: str) -> pl.DataFrame:
    return pl.DataFrame({"row": range(len(tags)), "tag": tags})


def test_confidence_zero_is_absent_and_none_is_certain() -> None:
    report = ReadReport()
    kept, absent = separate_absent(weighted(0.0, None, 0.1), report)
    assert absent is not None
    assert absent.rows() == [(0, "t0")]
    assert kept["tag"].to_list() == ["t1", "t2"]
    assert kept["confidence"].to_list() == [1.0, 0.1]
    assert report.absent_tags == 1


def test_a_tag_at_the_threshold_stays() -> None:
    report = ReadReport()
    kept = drop_uncertain(weighted(0.49, 0.5, 1.0), 0.5, report)
    assert kept["tag"].to_list() == ["t1", "t2"]
    assert report.low_confidence == 1


def test_without_confidences_nothing_is_dropped() -> None:
    report = ReadReport()
    tags = plain("a", "b")
    check_confidences(tags, Path("a.csv"))
    there, absent = separate_absent(tags, report)
    assert absent is None
    assert drop_uncertain(there, 0.9, report).equals(tags)
    assert report == ReadReport()


@pytest.mark.parametrize("wrong", [85.0, -0.1, float("nan"), float("inf")])
def test_confidences_are_shares(wrong: float) -> None:
    check_confidences(weighted(0.0, None, 1.0), Path("a.csv"))
    with pytest.raises(DataError, match=r"a\.csv: 1 confidence outside 0 to 1, .* for 't1'"):
        check_confidences(weighted(0.5, wrong), Path("a.csv"))


def test_codes_get_names(tmp_path: Path) -> None:
    names = tmp_path / "names.csv"
    names.write_text('LabelName,DisplayName\n/m/1,Cat\n/m/2,"Dog, big"\n/m/9,Never\n')
    naming = LabelNames(names)
    named = naming.rename(plain("/m/2", "/m/3", "/m/1", "/m/3"))
    assert named["tag"].to_list() == ["Dog, big", "/m/3", "Cat", "/m/3"]
    assert naming.remarks() == ["1 label without a name in names.csv"]


def test_a_table_of_names_has_two_columns(tmp_path: Path) -> None:
    names = tmp_path / "names.csv"
    names.write_text("/m/1,Cat,animal\n")
    with pytest.raises(DataError, match="3 columns; expected two"):
        LabelNames(names)
    names.write_text("/m/1,Cat\n/m/2,Dog,animal\n")
    with pytest.raises(DataError, match="must have two columns"):
        LabelNames(names)
    with pytest.raises(UsageError, match="is not a file"):
        LabelNames(tmp_path / "none.csv")
