from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_array

from labelsphere.annotations import Annotations, PictureFiles, Vocabulary
from labelsphere.errors import DataError, UsageError

TAG_LISTS = st.lists(st.lists(st.sampled_from("abcdefgh"), max_size=6), max_size=12)


def with_columns(**columns: list[str | None]) -> Annotations:
    n_images = len(next(iter(columns.values())))
    plain = Annotations.from_lists([["x"]] * n_images)
    return Annotations(
        plain.image_ids, plain.vocabulary, plain.matrix, pl.DataFrame(columns), plain.pictures
    )


@given(TAG_LISTS, st.none() | st.lists(st.sampled_from("abcxyz"), unique=True))
def test_lists_become_rows(lists: list[list[str]], kept: list[str] | None) -> None:
    tags = Annotations.from_lists(lists, vocabulary=None if kept is None else Vocabulary(kept))
    names = sorted({tag for row in lists for tag in row}) if kept is None else kept
    dense = np.array([[name in row for name in names] for row in lists], np.float32)

    assert tags.vocabulary.names == tuple(names)
    assert tags.matrix.dtype == np.float32
    assert tags.matrix.has_canonical_format
    np.testing.assert_array_equal(tags.matrix.toarray(), dense.reshape(len(lists), len(names)))
    assert [tags.tags_of(row) for row in range(tags.n_images)] == [
        [name for name in names if name in row] for row in lists
    ]
    counts = [sum(name in row for row in lists) for name in names]
    assert tags.label_counts().tolist() == counts
    unknown = {tag for row in lists for tag in row} - set(names)
    assert tags.report.unknown_tags == {tag: sum(tag in row for row in lists) for tag in unknown}
    assert tags.report.duplicate_tags == sum(len(row) - len(set(row)) for row in lists)


@pytest.mark.parametrize(
    ("lists", "message"),
    [
        (["sky"], "one list per image, but got the text 'sky'"),
        ([["sky", 3]], "must be strings, but got 3"),
        ([["sky", None]], "must be strings, but got None"),
        ([[""]], "non-empty strings"),
    ],
)
def test_lists_of_anything_else_are_refused(lists: list[list[str]], message: str) -> None:
    with pytest.raises(DataError, match=message):
        Annotations.from_lists(lists)


def test_parts_must_fit_together() -> None:
    vocabulary = Vocabulary(["a", "b"])
    matrix = csr_array(np.eye(2, dtype=np.float32))
    with pytest.raises(DataError, match=r"images × labels \(1, 2\), got \(2, 2\)"):
        Annotations(["one"], vocabulary, matrix)
    with pytest.raises(DataError, match="columns must have 2 rows, but got 1"):
        Annotations(["one", "two"], vocabulary, matrix, pl.DataFrame({"split": ["train"]}))
    with pytest.raises(DataError, match="pictures must be 2, but got 1"):
        Annotations(["one", "two"], vocabulary, matrix, pictures=PictureFiles([Path("a.png")]))


def test_selected_rows_take_everything_along() -> None:
    tags = Annotations(
        ["one", "two", "three"],
        Vocabulary(["a", "b"]),
        csr_array(np.array([[1, 0], [0.5, 1], [0, 0]], np.float32)),
        pl.DataFrame({"split": ["train", "test", "train"]}),
        PictureFiles([Path("1.png"), Path("2.png"), Path("3.png")]),
    )
    some = tags.select([2, 1])
    assert some.image_ids == ["three", "two"]
    assert some.vocabulary == tags.vocabulary
    assert some.matrix.toarray().tolist() == [[0, 0], [0.5, 1]]
    assert some.columns["split"].to_list() == ["train", "test"]
    assert some.pictures is not None
    assert [some.pictures.name(row) for row in (0, 1)] == ["3.png", "2.png"]


def test_rows_are_found_by_a_column() -> None:
    tags = with_columns(split=["train", "test", None, "train"])
    assert tags.rows_where("split", "train").tolist() == [0, 3]
    with pytest.raises(UsageError, match=r"split = 'dev'; its values: 'train', 'test', None"):
        tags.rows_where("split", "dev")
    with pytest.raises(UsageError, match=r"no column 'fold' in the tag table; .*: split"):
        tags.rows_where("fold", "train")
    with pytest.raises(UsageError, match="further columns: none"):
        Annotations.from_lists([["a"]]).column("split")


@given(st.lists(st.none() | st.sampled_from(["", "0", "1", "ab"]), min_size=1, max_size=20))
def test_groups_are_equal_values_and_nulls_are_alone(values: list[str | None]) -> None:
    tags = with_columns(base=values)
    seen: list[object] = []
    expected = []
    for row, value in enumerate(values):
        key = value if value is not None else ("alone", row)
        if key not in seen:
            seen.append(key)
        expected.append(seen.index(key))
    groups = tags.groups("base")
    assert groups.dtype == np.int64
    assert groups.tolist() == expected
    first = [expected.index(group) for group in range(len(seen))]
    assert tags.one_per_group("base").image_ids == [str(row) for row in first]


def test_repr_is_short_however_many_images_there_are() -> None:
    tags = Annotations.from_lists([["sky"]] * 1000)
    assert repr(tags) == "Annotations(1000 images, 1 labels)"


def test_revised_tags_meet_at_the_higher_confidence_and_other_columns_stay() -> None:
    tags = Annotations.from_lists([["auto", "car"], ["auto", "misc"], ["cat"]])
    tags = replace(tags, columns=pl.DataFrame({"split": ["train", "train", "test"]}))
    tags.matrix.data[:2] = [0.25, 0.5]
    revised = tags.revise({"auto": "car", "misc": None}, {"pkw": "car"})
    assert revised.vocabulary.names == ("car", "cat")
    assert revised.vocabulary.aliases == {"auto": "car", "pkw": "car"}
    assert revised.matrix.toarray().tolist() == [[0.5, 0.0], [1.0, 0.0], [0.0, 1.0]]
    assert revised.column("split").to_list() == ["train", "train", "test"]
    assert tags.vocabulary.names == ("auto", "car", "cat", "misc")
    with pytest.raises(UsageError, match="no tag 'atuo'"):
        tags.revise({"atuo": "car"})
