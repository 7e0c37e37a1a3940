"""Folders of counts are told from tables and other folders."""

from pathlib import Path

import pytest

from labelsphere.annotations import Annotations
from labelsphere.cli.saved_counts import are_counts, load_counts
from labelsphere.errors import UsageError
from labelsphere.space import LabelSpace, count_cooccurrence

TAGS = Annotations.from_lists([["a", "b"], ["a"], ["c"]])


def test_counts_are_told_from_other_folders(tmp_path: Path) -> None:
    count_cooccurrence(TAGS).save(tmp_path / "counts")
    LabelSpace.fit(TAGS).save(tmp_path / "space")
    names = ("counts", "space", "nothing")
    assert [are_counts(tmp_path / name) for name in names] == [True, False, False]


def test_options_about_a_table_are_refused(tmp_path: Path) -> None:
    count_cooccurrence(TAGS).save(tmp_path / "counts")
    assert load_counts(tmp_path / "counts", []).n_images == 3
    with pytest.raises(UsageError, match="--image-column applies to tables"):
        load_counts(tmp_path / "counts", ["image_column"])
