"""The table of labels that every saved folder holds."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelsphere.annotations import Vocabulary
from labelsphere.annotations.label_table import FILE_NAME, read_labels, write_labels
from labelsphere.errors import ArtefactError

NAMES = st.lists(st.text(min_size=1, max_size=8).filter(str.isprintable))


@given(NAMES.map(lambda names: list(dict.fromkeys(names))), st.data())
def test_names_and_counts_come_back_in_order(
    tmp_path_factory: pytest.TempPathFactory, names: list[str], data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("labels")
    count = st.integers(0, 2**62)
    counts = np.array([data.draw(count) for _ in names], np.int64)
    write_labels(folder, Vocabulary(names), counts)
    vocabulary, read = read_labels(folder)
    assert vocabulary.names == tuple(names)
    assert read.dtype == np.int64
    assert read.tolist() == counts.tolist()


def test_aliases_stand_beside_their_label_and_come_back(tmp_path: Path) -> None:
    vocabulary = Vocabulary(["sky", "sea"], {"ocean": "sea", "main": "sea"})
    write_labels(tmp_path, vocabulary, np.array([2, 1]))
    table = pl.read_parquet(tmp_path / FILE_NAME)
    assert table.columns == ["name", "count", "category", "aliases"]
    assert table["category"].to_list() == [None, None]
    assert table["aliases"].to_list() == [[], ["ocean", "main"]]
    assert read_labels(tmp_path)[0].aliases == vocabulary.aliases


def test_a_label_whose_aliases_are_null_has_none(tmp_path: Path) -> None:
    write_labels(tmp_path, Vocabulary(["sky", "sea"]), np.array([2, 1]))
    table = pl.read_parquet(tmp_path / FILE_NAME)
    table.with_columns(aliases=pl.lit(None, pl.List(pl.String))).write_parquet(tmp_path / FILE_NAME)
    assert read_labels(tmp_path)[0].aliases == {}


@pytest.mark.parametrize("content", [None, b"", b"PAR1 not a table"])
def test_a_missing_or_damaged_table_is_one_error(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / FILE_NAME).write_bytes(content)
    with pytest.raises(ArtefactError, match="cannot be read"):
        read_labels(tmp_path)


def test_a_name_given_twice_is_damage(tmp_path: Path) -> None:
    table = {"name": ["sky", "sky"], "count": [1, 2], "aliases": [[], []]}
    pl.DataFrame(table).write_parquet(tmp_path / FILE_NAME)
    with pytest.raises(ArtefactError, match="twice"):
        read_labels(tmp_path)
