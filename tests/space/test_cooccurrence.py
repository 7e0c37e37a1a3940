"""Counts against double loops, and their laws: they add, and order does not matter."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.sparse import csr_array

from labelsphere.annotations import Annotations, Vocabulary, stream_annotations
from labelsphere.errors import DataError, UsageError
from labelsphere.space import Counts, StreamCounts, count_cooccurrence, count_stream

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


def test_weighted_counts_sum_the_smaller_confidence_in_steps() -> None:
    rng = np.random.default_rng(0)
    confidence = rng.random((23, 5)) * (rng.random((23, 5)) < 0.5)
    counts = count_cooccurrence(csr_array(confidence), LABELS, weighted=True)
    steps = [[Fraction(round(value * 2**20), 2**20) for value in row] for row in confidence]
    expected = [
        [float(sum(min(row[i], row[j]) for row in steps)) for j in range(5)] for i in range(5)
    ]
    assert counts.joint.toarray().tolist() == expected
    np.testing.assert_allclose(counts.occurrences, confidence.sum(axis=0), atol=23 * 2**-21)
    assert (counts.weighted, counts.step) == (True, 2**-20)


confidences = arrays(np.float32, (6, 5), elements=st.floats(0, 1, width=32))


@given(confidences, confidences)
def test_weighted_counts_of_parts_add_up_to_the_last_bit(
    first: np.ndarray, second: np.ndarray
) -> None:
    whole = count_cooccurrence(csr_array(np.vstack([second, first])), LABELS, weighted=True)
    one, other = (count_cooccurrence(csr_array(x), LABELS, weighted=True) for x in (first, second))
    assert (one + other).joint.toarray().tobytes() == whole.joint.toarray().tobytes()
    assert (whole - other).joint.toarray().tobytes() == one.joint.toarray().tobytes()


def test_confidence_does_not_weigh_unless_asked_to() -> None:
    rows = csr_array(np.array([[0.25, 0.5], [0.0, 0.75]]))
    assert count_cooccurrence(rows, ["a", "b"]).joint.toarray().tolist() == [[1, 1], [1, 2]]
    weighted = count_cooccurrence(rows, ["a", "b"], weighted=True)
    assert weighted.joint.toarray().tolist() == [[0.25, 0.25], [0.25, 1.25]]
    assert weighted.whole_occurrences.tolist() == [0, 1]


def test_confidences_above_one_are_refused_where_they_weigh() -> None:
    with pytest.raises(DataError, match="0 to 1"):
        count_cooccurrence(csr_array(np.array([[2.0]])), ["a"], weighted=True)


def test_the_vocabulary_must_fit_the_rows() -> None:
    rows = csr_array((2, 3))
    with pytest.raises(UsageError, match="3 columns, the vocabulary 5"):
        count_cooccurrence(rows, LABELS)
    with pytest.raises(UsageError, match="does not name its labels"):
        count_cooccurrence(rows)
    with pytest.raises(UsageError, match="of their own"):
        count_cooccurrence(Annotations.from_lists([["a"]]), ["a"])


TABLE = "image,tags,split\n" + "".join(
    f"{number},tag {number % 3};tag {number % 5 + 3},{'train' if number % 4 else 'test'}\n"
    for number in range(60)
)


def streamed(folder: Path, text: str, split: str | None = None) -> StreamCounts:
    (folder / "tags.csv").write_text(text)
    columns = ("split",) if "split" in text else ()
    stream = stream_annotations(folder / "tags.csv", separator=";", columns=columns, chunk_bytes=99)
    return count_stream(stream, split=split)


def test_a_stream_counts_its_rows_for_training(tmp_path: Path) -> None:
    done = streamed(tmp_path, TABLE)
    table = Annotations.read(tmp_path / "tags.csv", separator=";")
    train = np.flatnonzero([number % 4 != 0 for number in range(60)])
    expected = count_cooccurrence(table.select(train))
    np.testing.assert_array_equal(done.counts.joint.toarray(), expected.joint.toarray())
    assert done.counts.n_images == 45
    assert (done.images_read, done.split, done.has_split) == (60, "split", True)


@pytest.mark.parametrize(
    ("text", "has_split"),
    [
        (TABLE.replace("train", "held out"), True),
        (TABLE.replace(",split", "").replace(",train", "").replace(",test", ""), False),
    ],
)
def test_a_stream_without_rows_for_training_counts_all(
    tmp_path: Path, text: str, has_split: bool
) -> None:
    done = streamed(tmp_path, text)
    expected = count_cooccurrence(Annotations.read(tmp_path / "tags.csv", separator=";"))
    np.testing.assert_array_equal(done.counts.joint.toarray(), expected.joint.toarray())
    assert (done.images_read, done.split, done.has_split) == (60, None, has_split)


def test_a_named_split_without_rows_for_training_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"marks no train images.*'held out'"):
        streamed(tmp_path, TABLE.replace("train", "held out"), split="split")
