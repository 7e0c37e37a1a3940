"""Class weights from CSV."""

from pathlib import Path

import pytest

from labelsphere.errors import DataError, UsageError
from labelsphere.metrics.weight_file import read_class_weights


@pytest.mark.parametrize("header", ["", "label,weight\n", "\ufeffClass,Weight\n"])
def test_weights_come_in_the_order_of_the_labels(tmp_path: Path, header: str) -> None:
    path = tmp_path / "weights.csv"
    path.write_text(header + 'sky,2\n\n"sea, open",0.5\nmoon,7\n', encoding="utf-8")
    found = read_class_weights(path, ["sea, open", "sky"])
    assert found.weights.tolist() == [0.5, 2.0]
    assert found.unknown == ["moon"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("sky,1\n", "no weight for 1 of 2 labels, such as 'sea'"),
        ("", "no weight for 2 of 2 labels"),
        ("sky,1\nsea,2\nsky,3\n", "line 3: label 'sky' is given twice"),
        ("sky,1\nsea,-2\n", "line 2: expected a label and a number of 0 or more"),
        ("sky,1\nsea,nan\n", "line 2"),
        ("sky,1\nsea,inf\n", "line 2"),
        ("sky,1\nsea\n", "line 2"),
        ("sky,1\nsea,1,2\n", "line 2"),
        ("sky,heavy\nsea,1\n", "line 1"),
    ],
)
def test_what_is_no_weight_for_each_label_is_refused(
    tmp_path: Path, text: str, expected: str
) -> None:
    path = tmp_path / "weights.csv"
    path.write_text(text)
    with pytest.raises(DataError, match=expected):
        read_class_weights(path, ["sky", "sea"])


def test_a_missing_file_and_one_that_is_no_text(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is not a file"):
        read_class_weights(tmp_path / "none.csv", ["sky"])
    (tmp_path / "latin.csv").write_bytes(b"caf\xe9,1\n")
    with pytest.raises(DataError, match="not in UTF-8"):
        read_class_weights(tmp_path / "latin.csv", ["sky"])
