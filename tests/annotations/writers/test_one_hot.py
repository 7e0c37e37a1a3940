import csv
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from labelsphere.annotations import Annotations
from labelsphere.errors import DataError

MakeTags = Callable[..., Annotations]


def test_one_hot_says_nothing_of_what_is_unknown(tmp_path: Path, make_tags: MakeTags) -> None:
    make_tags().write(tmp_path / "m.csv", format="one-hot")
    with (tmp_path / "m.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))
    assert rows[0] == ["image", "split", "width", *make_tags().vocabulary]
    assert rows[1] == ["a.jpg", "train", "1", "", "1", "1"]
    assert rows[3][3:] == ["0", "0", "0"]
    named = replace(make_tags(), columns=pl.DataFrame({"cat": [1, 2, 3, 4]}))
    with pytest.raises(DataError, match="the tag 'cat' has the name of another column"):
        named.write(tmp_path / "n.csv", format="one-hot")


def test_each_mark_is_the_cell_of_its_image_and_tag(tmp_path: Path, make_tags: MakeTags) -> None:
    tags = make_tags()
    assert tags.absent is not None
    tags.write(tmp_path / "m.csv", format="one-hot")
    with (tmp_path / "m.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    for row, cells in enumerate(rows):
        for number, name in enumerate(tags.vocabulary):
            has, lacks = (
                tags.matrix[[row]].toarray()[0, number],
                tags.absent[[row]].toarray()[0, number],
            )
            assert cells[name] == ("1" if has else "0" if lacks else "")


def test_columns_of_lists_are_counted_as_lost(tmp_path: Path) -> None:
    found = Annotations.from_lists([["x"]], image_ids=["a.jpg"])
    listed = replace(found, columns=pl.DataFrame({"l": [[1]], "n": [2]}))
    assert listed.write(tmp_path / "m.csv", format="one-hot") == [
        "1 further columns of lists or bytes not written"
    ]
    assert (tmp_path / "m.csv").read_text() == "image,n,x\na.jpg,2,1\n"
