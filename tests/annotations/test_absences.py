"""Known absences: read, kept, moved and never dropped, against loops over cells."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_array

from labelsphere.annotations import Annotations, Vocabulary, stream_annotations
from labelsphere.annotations.absences import absent_rows, move_absences, without_present
from labelsphere.errors import DataError
from labelsphere.space.alignment import align_annotations
from labelsphere.space.audit import corrected
from labelsphere.space.audit.findings import Finding

TABLE = (
    "image,label,confidence,base\n"
    "a.png,sky,1,1\na.png,cat,0,1\nb.png,sky,0,1\nb.png,sea,0.4,1\nc.png,cat,1,2\nc.png,ghost,0,2\n"
)


def absences(tags: Annotations) -> dict[str, list[str]]:
    """Known absences by image, without CSR."""
    dense = np.zeros((tags.n_images, tags.n_labels)) if tags.absent is None else tags.absent
    rows = dense if isinstance(dense, np.ndarray) else dense.toarray()
    return {
        image: [tags.vocabulary[label] for label in np.flatnonzero(row).tolist()]
        for image, row in zip(tags.image_ids, rows, strict=True)
    }


@pytest.fixture
def table(tmp_path: Path) -> Path:
    file = tmp_path / "tags.csv"
    file.write_text(TABLE)
    return file


def test_confidence_zero_is_a_known_absence(table: Path) -> None:
    tags = Annotations.read(table)
    # The label `ghost` is on no image, and is no label of the vocabulary.
    assert absences(tags) == {"a.png": ["cat"], "b.png": ["sky"], "c.png": []}
    assert tags.absent is not None
    assert tags.absent.dtype == np.float32
    assert tags.absent.has_sorted_indices


def test_a_given_vocabulary_keeps_the_absences_of_labels_on_no_image(table: Path) -> None:
    tags = Annotations.read(table, vocabulary=Vocabulary(["ghost", "sky"]))
    assert absences(tags) == {"a.png": [], "b.png": ["sky"], "c.png": ["ghost"]}


def test_a_filtered_tag_is_unknown_not_absent(table: Path) -> None:
    tags = Annotations.read(table, min_confidence=0.5)
    assert absences(tags)["b.png"] == ["sky"]


def test_an_annotation_outweighs_an_absence(tmp_path: Path) -> None:
    file = tmp_path / "tags.csv"
    file.write_text("image,label,confidence\na,sky,0\na,sky,0.7\nb,sky,0\n")
    assert absences(Annotations.read(file)) == {"a": [], "b": ["sky"]}


def test_without_confidences_nothing_is_known_to_be_absent() -> None:
    assert Annotations.from_lists([["sky"], []]).absent is None


def test_parts_have_the_same_absences(table: Path) -> None:
    whole = absences(Annotations.read(table))
    stream = stream_annotations(table, chunk_bytes=20)
    chunks: dict[str, list[str]] = {}
    for chunk in stream.chunks():
        chunks |= absences(chunk)
    assert chunks == whole


def test_selected_rows_and_groups_keep_their_absences(table: Path) -> None:
    tags = Annotations.read(table)
    assert absences(tags.select([2, 1])) == {"c.png": [], "b.png": ["sky"]}
    assert absences(tags.one_per_group("base")) == {"a.png": ["cat"], "c.png": []}


def test_renamed_removed_and_merged_tags_keep_their_absences(table: Path) -> None:
    tags = Annotations.read(table)
    assert absences(tags.revise({"cat": "tom", "sky": None})) == {
        "a.png": ["tom"],
        "b.png": [],
        "c.png": [],
    }
    # Sky and sea become one: b.png has it by the sea, a.png by the sky.
    assert absences(tags.revise({"sea": "sky"})) == {"a.png": ["cat"], "b.png": [], "c.png": []}


def test_another_vocabulary_keeps_the_absences(table: Path) -> None:
    aligned = align_annotations(Annotations.read(table), Vocabulary(["zebra", "sky", "cat"]))
    assert absences(aligned) == {"a.png": ["cat"], "b.png": ["sky"], "c.png": []}


def test_a_correction_ends_an_absence(table: Path) -> None:
    tags = Annotations.read(table)
    fixed = corrected(tags, [Finding(row=1, image="b.png", label="sky", kind="missing", score=1.0)])
    assert absences(fixed) == {"a.png": ["cat"], "b.png": [], "c.png": []}


def test_absences_must_fit_the_tags() -> None:
    tags = Annotations.from_lists([["sky"]])
    with pytest.raises(DataError, match=r"absent must be images × labels \(1, 1\), got \(1, 2\)"):
        replace(tags, absent=csr_array((1, 2), dtype=np.float32))


def test_no_rows_are_no_absences() -> None:
    assert absent_rows(None, 2, Vocabulary(["a"])) is None
    none = pl.DataFrame({"row": [], "tag": []}, schema={"row": pl.Int64, "tag": pl.String})
    assert absent_rows(none, 2, Vocabulary(["a"])) is None


@given(st.integers(0, 6), st.integers(1, 6), st.integers(1, 5), st.integers(0, 2**32 - 1))
def test_a_merged_tag_is_absent_where_all_of_its_tags_are(
    rows: int, columns: int, width: int, seed: int
) -> None:
    draw = np.random.default_rng(seed)
    dense = draw.integers(0, 2, (rows, columns)).astype(np.float32)
    places = draw.integers(-1, width, columns)
    moved = move_absences(csr_array(dense), places, width)
    for row in range(rows):
        for column in range(width):
            sources = dense[row, places == column]
            assert moved[row, column] == float(len(sources) > 0 and sources.all())
    assert moved.has_sorted_indices
    assert moved.dtype == np.float32


@given(st.integers(0, 6), st.integers(0, 6), st.integers(0, 2**32 - 1))
def test_what_is_there_is_not_absent(rows: int, columns: int, seed: int) -> None:
    draw = np.random.default_rng(seed)
    absent = draw.integers(0, 2, (rows, columns)).astype(np.float32)
    matrix = draw.integers(0, 2, (rows, columns)).astype(np.float32)
    left = without_present(csr_array(absent), csr_array(matrix))
    np.testing.assert_array_equal(left.toarray(), absent * (1 - matrix))
    assert left.has_sorted_indices
