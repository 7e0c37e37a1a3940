"""What is fitted: training rows, one of each group, counts, and options by name."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from labelsphere.annotations import Annotations
from labelsphere.cli.fit_source import fit_source, options_of
from labelsphere.errors import DataError, UsageError
from labelsphere.space import Counts, count_cooccurrence

ROWS = "image,tags,split,base,confidence\na,sky,train,1,1\nb,sky,train,1,1\nc,cat,test,2,1\n"
PLAIN: dict[str, Any] = {
    **dict.fromkeys(("split", "group", "features", "feature_column")),
    **dict.fromkeys(("format", "separator", "image_column", "tag_column", "vocabulary")),
    "weighted": False,
    "min_count": 1,
    "min_confidence": 0.0,
    "label_names": None,
}


@pytest.fixture
def table(tmp_path: Path) -> Path:
    (tmp_path / "tags.csv").write_text(ROWS)
    return tmp_path / "tags.csv"


def test_training_rows_and_the_first_of_each_group(
    table: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, options = fit_source(table, **PLAIN)
    assert isinstance(source, Annotations)
    assert (list(source.image_ids), options) == (["a", "b"], {})
    assert "counting the 2 of 3 images whose split is train" in capsys.readouterr().err
    source, _ = fit_source(table, **{**PLAIN, "group": "base"})
    assert isinstance(source, Annotations)
    assert list(source.image_ids) == ["a"]


def test_features_are_those_of_the_rows(table: Path) -> None:
    np.save(table.with_name("x.npy"), np.arange(6.0).reshape(3, 2))
    _, options = fit_source(table, **{**PLAIN, "features": table.with_name("x.npy")})
    assert options["features"].tolist() == [[0, 1], [2, 3]]
    np.save(table.with_name("short.npy"), np.ones((1, 2)))
    with pytest.raises(DataError, match="has 1 rows and the tag table more"):
        fit_source(table, **{**PLAIN, "features": table.with_name("short.npy")})


def test_counts_are_taken_as_they_are(table: Path, tmp_path: Path) -> None:
    counts = count_cooccurrence(Annotations.from_lists([["a", "b"]]))
    counts.save(tmp_path / "counts")
    source, _ = fit_source(tmp_path / "counts", **PLAIN)
    assert isinstance(source, Counts)
    assert source.joint.toarray().tolist() == counts.joint.toarray().tolist()
    with pytest.raises(UsageError, match="for which --group has no meaning"):
        fit_source(tmp_path / "counts", **{**PLAIN, "group": "base"})
    weighted, _ = fit_source(table, **{**PLAIN, "weighted": True})
    assert isinstance(weighted, Counts)
    assert weighted.weighted


def test_options_have_the_types_that_the_method_declares() -> None:
    assert options_of("shifted", ["shift=2"]) == {"shift": 2.0}
    assert options_of("word-vectors", ["path=a=b.txt"]) == {"path": "a=b.txt"}
    with pytest.raises(UsageError, match="--option must be NAME=VALUE, but got 'shift'"):
        options_of("shifted", ["shift"])
