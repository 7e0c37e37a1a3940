"""Counts against double loops, and their laws: they add, and order does not matter."""

from itertools import product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from safetensors.numpy import load_file, save_file
from scipy.sparse import csr_array

from labelsphere.annotations import Annotations, Vocabulary
from labelsphere.errors import ArtefactError, DataError, UsageError
from labelsphere.space import Counts, count_cooccurrence
from labelsphere.space import cooccurrence as module

LABELS = Vocabulary("abcde")
tag_sets = st.lists(st.sets(st.sampled_from("abcde")).map(sorted), max_size=12)


def counted(rows: list[list[str]]) -> Counts:
    return count_cooccurrence(Annotations.from_lists(rows, vocabulary=LABELS))


def naive_joint(rows: list[list[str]]) -> list[list[float]]:
    return [[float(sum(a in row and b in row for row in rows)) for b in LABELS] for a in LABELS]


@given(tag_sets)
def test_counts_agree_with_double_loops(rows: list[list[str]]) -> None:
    counts = counted(rows)
    assert counts.joint.toarray().tolist() == naive_joint(rows)
    assert counts.occurrences.tolist() == np.diag(naive_joint(rows)).tolist()
    assert counts.n_images == len(rows)
    assert counts.joint.dtype == np.float64
    assert counts.joint.has_sorted_indices


@given(tag_sets, tag_sets)
def test_counts_of_parts_add_up_to_counts_of_the_whole(
    first: list[list[str]], second: list[list[str]]
) -> None:
    whole, total = counted(first + second), counted(first) + counted(second)
    assert total.joint.toarray().tolist() == whole.joint.toarray().tolist()
    assert total.n_images == whole.n_images


@given(tag_sets.flatmap(lambda rows: st.tuples(st.just(rows), st.permutations(rows))))
def test_the_order_of_images_and_tags_does_not_matter(
    pair: tuple[list[list[str]], list[list[str]]],
) -> None:
    rows, shuffled = pair
    turned = [row[::-1] for row in shuffled]
    assert counted(turned).joint.toarray().tolist() == counted(rows).joint.toarray().tolist()


@pytest.mark.parametrize("pairs_at_once", [1, 7, 1 << 22])
def test_weighted_counts_sum_the_smaller_confidence(
    pairs_at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_PAIRS_AT_ONCE", pairs_at_once)
    rng = np.random.default_rng(0)
    confidence = rng.random((23, 5)) * (rng.random((23, 5)) < 0.5)
    counts = count_cooccurrence(csr_array(confidence), LABELS, weighted=True)
    expected = np.zeros((5, 5))
    for row, i, j in product(confidence, range(5), range(5)):
        expected[i, j] += min(row[i], row[j])
    np.testing.assert_allclose(counts.joint.toarray(), expected, rtol=1e-14)
    assert (counts.joint.toarray() == counts.joint.toarray().T).all()
    np.testing.assert_allclose(counts.occurrences, confidence.sum(axis=0), rtol=1e-14)


def test_confidence_does_not_weigh_unless_asked_to() -> None:
    rows = csr_array(np.array([[0.25, 0.5], [0.0, 0.75]]))
    assert count_cooccurrence(rows, ["a", "b"]).joint.toarray().tolist() == [[1, 1], [1, 2]]
    weighted = count_cooccurrence(rows, ["a", "b"], weighted=True)
    assert weighted.joint.toarray().tolist() == [[0.25, 0.25], [0.25, 1.25]]
    assert weighted.whole_occurrences.tolist() == [0, 1]


def test_confidences_above_one_are_refused_where_they_weigh() -> None:
    with pytest.raises(DataError, match="0 to 1"):
        count_cooccurrence(csr_array(np.array([[2.0]])), ["a"], weighted=True)


def test_counts_of_different_vocabularies_do_not_add() -> None:
    other = count_cooccurrence(Annotations.from_lists([["a"]]))
    with pytest.raises(UsageError, match=r"different vocabularies \(5 and 1 labels\)"):
        _ = counted([["a"]]) + other


def test_the_vocabulary_must_fit_the_rows() -> None:
    rows = csr_array((2, 3))
    with pytest.raises(UsageError, match="3 columns, the vocabulary 5"):
        count_cooccurrence(rows, LABELS)
    with pytest.raises(UsageError, match="does not name its labels"):
        count_cooccurrence(rows)
    with pytest.raises(UsageError, match="of their own"):
        count_cooccurrence(Annotations.from_lists([["a"]]), ["a"])


@pytest.mark.parametrize(
    ("joint", "n_images", "message"),
    [
        ([[1.0, 0.0]], 1, "2 × 2"),
        ([[-1.0, 0.0], [0.0, 1.0]], 1, "0 or above"),
        ([[np.nan, 0.0], [0.0, 1.0]], 1, "NaN"),
        ([[2.0, 1.0], [0.0, 2.0]], 2, "symmetric"),
        ([[2.0, 0.0], [0.0, 2.0]], 1, "more images than the 1 counted"),
        ([[2.0, 0.0], [0.0, 2.0]], np.nan, "more images"),
        ([[1.0, 2.0], [2.0, 2.0]], 2, "together more often"),
    ],
)
def test_what_cannot_be_counts_is_refused(
    joint: list[list[float]], n_images: float, message: str
) -> None:
    with pytest.raises(DataError, match=message):
        Counts(Vocabulary(["a", "b"]), csr_array(np.array(joint)), n_images)


def test_save_and_load_keep_every_count(tmp_path: Path) -> None:
    counts = counted([["a", "b"], ["a", "e"], []])
    counts.save(tmp_path / "counts")
    names = sorted(path.name for path in (tmp_path / "counts").iterdir())
    assert names == ["config.json", "counts.safetensors", "labels.parquet"]
    loaded = Counts.load(tmp_path / "counts")
    assert loaded.vocabulary == LABELS
    assert loaded.n_images == 3
    assert loaded.joint.toarray().tolist() == counts.joint.toarray().tolist()
    assert (loaded + counts).n_images == 6


def test_a_taken_folder_is_kept_unless_overwriting_is_allowed(tmp_path: Path) -> None:
    counted([["a"]]).save(tmp_path / "counts")
    with pytest.raises(ArtefactError, match="not empty"):
        counted([["b"]]).save(tmp_path / "counts")
    assert Counts.load(tmp_path / "counts").occurrences.tolist() == [1, 0, 0, 0, 0]
    counted([["b"]]).save(tmp_path / "counts", overwrite=True)
    assert Counts.load(tmp_path / "counts").occurrences.tolist() == [0, 1, 0, 0, 0]


@pytest.mark.parametrize("name", ["counts.safetensors", "labels.parquet", "config.json"])
@pytest.mark.parametrize("kept", [None, 0, 20])
def test_missing_and_truncated_files_are_told(tmp_path: Path, name: str, kept: int | None) -> None:
    counted([["a", "b"]]).save(tmp_path / "counts")
    path = tmp_path / "counts" / name
    contents = path.read_bytes()
    path.unlink()
    if kept is not None:
        path.write_bytes(contents[:kept])
    with pytest.raises(ArtefactError):
        Counts.load(tmp_path / "counts")


@pytest.mark.parametrize(
    ("name", "value"),
    [("indices", np.array([0, 9, 0, 1])), ("indptr", np.array([0, 2])), ("data", -np.ones(4))],
)
def test_arrays_that_are_no_counts_are_told(tmp_path: Path, name: str, value: np.ndarray) -> None:
    counted([["a", "b"]]).save(tmp_path / "counts")
    path = tmp_path / "counts" / "counts.safetensors"
    save_file({**load_file(path), name: value}, path)
    with pytest.raises(ArtefactError, match=r"counts\.safetensors is missing or damaged"):
        Counts.load(tmp_path / "counts")


def test_labels_of_another_folder_are_told(tmp_path: Path) -> None:
    counted([["a"]]).save(tmp_path / "counts")
    count_cooccurrence(
        Annotations.from_lists([list("edcba")], vocabulary=Vocabulary("edcba"))
    ).save(tmp_path / "other")
    (tmp_path / "other" / "labels.parquet").replace(tmp_path / "counts" / "labels.parquet")
    with pytest.raises(ArtefactError, match="in their order"):
        Counts.load(tmp_path / "counts")
