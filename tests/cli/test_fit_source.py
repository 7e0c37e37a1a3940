"""What is fitted: training rows, one of each group, counts, and options by name."""

from pathlib import Path

import numpy as np
import pytest

from labelsphere.annotations import Annotations
from labelsphere.cli.fit_source import FitOptions
from labelsphere.cli.tables import TableOptions
from labelsphere.errors import DataError, UsageError
from labelsphere.space import Counts, LabelSpace, count_cooccurrence

ROWS = "image,tags,split,base,confidence\na,sky,train,1,1\nb,sky,train,1,1\nc,cat,test,2,1\n"
PLAIN = TableOptions()


@pytest.fixture
def table(tmp_path: Path) -> Path:
    (tmp_path / "tags.csv").write_text(ROWS)
    return tmp_path / "tags.csv"


def test_the_table_comes_whole_with_the_rows_to_count(
    table: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, options = FitOptions().read(table, PLAIN, "pmi")
    assert isinstance(source, Annotations)
    assert source.n_images == 3
    assert options == {"split": None, "group": None, "weighted": False}
    assert "counting the 2 of 3 images whose split is train" in capsys.readouterr().err
    counts = LabelSpace.fit(source, "random-projection", 2, **options).counts
    assert counts.tolist() == [0, 2]
    _, options = FitOptions(group="base").read(table, PLAIN, "pmi")
    assert LabelSpace.fit(source, "random-projection", 2, **options).counts.tolist() == [0, 1]
    capsys.readouterr()
    _, options = FitOptions(split="none").read(table, PLAIN, "pmi")
    assert LabelSpace.fit(source, "random-projection", 2, **options).counts.tolist() == [1, 2]
    assert "counting" not in capsys.readouterr().err


def test_features_are_one_a_row_of_the_table(table: Path) -> None:
    np.save(table.with_name("x.npy"), np.arange(6.0).reshape(3, 2))
    _, options = FitOptions(features=table.with_name("x.npy")).read(table, PLAIN, "rembrandt")
    assert options["features"].tolist() == [[0, 1], [2, 3], [4, 5]]
    np.save(table.with_name("short.npy"), np.ones((1, 2)))
    with pytest.raises(DataError, match="has 1 rows and the tag table 3 images"):
        FitOptions(features=table.with_name("short.npy")).read(table, PLAIN, "rembrandt")


def test_counts_are_taken_as_they_are(tmp_path: Path) -> None:
    counts = count_cooccurrence(Annotations.from_lists([["a", "b"]]))
    counts.save(tmp_path / "counts")
    source, options = FitOptions().read(tmp_path / "counts", PLAIN, "pmi")
    assert isinstance(source, Counts)
    assert (source.joint.toarray().tolist(), options) == (counts.joint.toarray().tolist(), {})
    with pytest.raises(UsageError, match="and --group applies to tables"):
        FitOptions(group="base").read(tmp_path / "counts", PLAIN, "pmi")
    with pytest.raises(UsageError, match="and --min-count applies to tables"):
        FitOptions().read(tmp_path / "counts", TableOptions(min_count=2), "pmi")


def test_options_have_the_types_that_the_method_declares(tmp_path: Path) -> None:
    count_cooccurrence(Annotations.from_lists([["a", "b"]])).save(tmp_path / "counts")

    def options(method: str, given: str) -> object:
        return FitOptions((given,)).read(tmp_path / "counts", PLAIN, method)[1]

    assert options("shifted", "shift=2") == {"shift": 2.0}
    assert options("word-vectors", "path=a=b.txt") == {"path": "a=b.txt"}
    with pytest.raises(UsageError, match="--option must be NAME=VALUE, but got 'shift'"):
        options("shifted", "shift")
