"""What can be done with counts: adding, taking away, decaying, moving, saving; never half."""

import subprocess
import sys
from fractions import Fraction
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

LABELS = Vocabulary("abcde")
TagSets = list[list[str]]
tag_sets = st.lists(st.sets(st.sampled_from("abcde")).map(sorted), max_size=12)


def counted(rows: TagSets) -> Counts:
    return count_cooccurrence(Annotations.from_lists(rows, vocabulary=LABELS))


def same(one: Counts, other: Counts) -> bool:
    """Whether all is equal to the last bit, how it is stored too."""
    ours, theirs = one.joint, other.joint
    return (
        (one.vocabulary, one.n_images) == (other.vocabulary, other.n_images)
        and ours.indptr.tolist() == theirs.indptr.tolist()
        and ours.indices.tolist() == theirs.indices.tolist()
        and ours.data.tobytes() == theirs.data.tobytes()
    )


@given(tag_sets, tag_sets)
def test_what_was_added_can_be_taken_away(first: TagSets, second: TagSets) -> None:
    one, other = counted(first), counted(second)
    assert same(one + other - other, one)
    assert same((one + other) - one, other)


def test_what_was_not_counted_cannot_be_taken_away() -> None:
    counts = counted([["a", "b"], ["b", "c"]])
    with pytest.raises(DataError, match="labels 'a' and 'c': 1 to take away, but 0 counted"):
        _ = counts - counted([["a", "c"]])
    with pytest.raises(DataError, match="label 'b': 2 to take away, but 1 counted"):
        _ = counted([["b"], []]) - counted([["b"], ["b"]])
    with pytest.raises(DataError, match="3 images cannot be taken from 2"):
        _ = counts - counted([[], [], []])
    # No count would be negative, but 'a' would be on an image that is not there.
    with pytest.raises(DataError, match="more images"):
        _ = counted([["a"], []]) - counted([[], []])


def test_counts_of_different_vocabularies_do_not_mix_unasked() -> None:
    other = count_cooccurrence(Annotations.from_lists([["a"]]))
    for mix in (Counts.__add__, Counts.__sub__):
        with pytest.raises(UsageError, match=r"different vocabularies \(5 and 1 labels\).*over"):
            mix(counted([["a"]]), other)
    assert (counted([["a"]]) + other.over(LABELS)).occurrences.tolist() == [2, 0, 0, 0, 0]


def test_counts_of_confidences_and_of_images_do_not_mix() -> None:
    rows = csr_array(np.array([[0.5, 1, 0, 0, 0]]))
    weighted = count_cooccurrence(rows, LABELS, weighted=True)
    with pytest.raises(UsageError, match="confidences and counts of images do not add up"):
        _ = weighted + counted([["a"]])
    with pytest.raises(UsageError, match="do not subtract"):
        _ = counted([["a"]]) - weighted


def test_sums_that_could_round_are_refused() -> None:
    counts = Counts(Vocabulary("a"), csr_array(np.array([[2.0**52]])), 2.0**53)
    with pytest.raises(DataError, match="number of images must be from 0 to"):
        _ = counts + counts


@given(tag_sets, st.floats(0.001, 1))
def test_decay_multiplies_and_rounds_once(rows: TagSets, factor: float) -> None:
    counts = counted(rows)
    decayed = counts.decayed(factor)
    expected = [
        [float(Fraction(round(value * factor * 2**20), 2**20)) for value in row]
        for row in counts.joint.toarray().tolist()
    ]
    if factor < 1:
        assert decayed.joint.toarray().tolist() == expected
        assert decayed.step == 2**-20
    assert decayed.joint.data.all()
    checked = (decayed.vocabulary, decayed.joint, decayed.n_images, False, decayed.step)
    assert same(Counts(*checked), decayed)


@given(tag_sets, tag_sets)
def test_decayed_counts_add_up_exactly(first: TagSets, second: TagSets) -> None:
    old, new = counted(first).decayed(0.3), counted(second)
    assert same(old + new - new, old)
    assert same(new + old, old + new)


@pytest.mark.parametrize("factor", [0, -0.5, 1.5, float("nan")])
def test_a_factor_out_of_range_is_refused(factor: float) -> None:
    with pytest.raises(UsageError, match="factor must be above 0 and at most 1"):
        counted([["a"]]).decayed(factor)


@given(tag_sets, st.permutations("abcdefg"), st.integers(0, 7))
def test_counts_move_to_another_vocabulary(rows: TagSets, order: list[str], size: int) -> None:
    vocabulary = Vocabulary(order[:size])
    moved = counted(rows).over(vocabulary)
    kept = [[tag for tag in row if tag in vocabulary] for row in rows]
    assert same(moved, count_cooccurrence(Annotations.from_lists(kept, vocabulary=vocabulary)))


@given(tag_sets)
def test_shards_of_different_vocabularies_add_up_over_both(rows: TagSets) -> None:
    shards = [count_cooccurrence(Annotations.from_lists(part)) for part in (rows[::2], rows[1::2])]
    both = shards[0].vocabulary.joined(shards[1].vocabulary)
    total = shards[0].over(both) + shards[1].over(both)
    whole = count_cooccurrence(Annotations.from_lists(rows))
    assert same(total.over(whole.vocabulary), whole)


def test_pairs_are_counted_without_the_diagonal_and_zeros() -> None:
    assert counted([["a", "b", "c"], ["a", "b"], ["d"]]).n_pairs == 3
    zeros = csr_array((np.array([1.0, 0, 0, 1]), ([0, 0, 1, 1], [0, 1, 0, 1])), shape=(2, 2))
    assert Counts(Vocabulary("ab"), zeros, 2).n_pairs == 0


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


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (np.array([1, 0.5, 0.5, 1]), "'a' and 'b': counts must be whole numbers of images"),
        (np.array([1, -1.0, -1, 1]), "'a' and 'b': counts must be 0 or above"),
        (np.array([1, np.nan, np.nan, 1]), "'a' and 'b': counts must be 0 or above"),
        (np.array([2, 1.0, 0, 2]), "'a' and 'b': counts must be symmetric"),
        (np.array([9, 1.0, 1, 1]), "label 'a' occurs in more images"),
    ],
)
def test_a_file_that_holds_no_counts_is_told(
    tmp_path: Path, values: np.ndarray, message: str
) -> None:
    counted([["a", "b"], ["a", "b"]]).save(tmp_path / "counts")
    path = tmp_path / "counts" / "counts.safetensors"
    save_file({**load_file(path), "data": values}, path)
    with pytest.raises(ArtefactError, match=message):
        Counts.load(tmp_path / "counts")


def test_weights_and_steps_are_kept(tmp_path: Path) -> None:
    rows = csr_array(np.array([[0.3, 0.7, 0, 0, 0]]))
    counts = count_cooccurrence(rows, LABELS, weighted=True).decayed(0.9)
    counts.save(tmp_path / "counts")
    loaded = Counts.load(tmp_path / "counts")
    assert same(loaded, counts)
    assert (loaded.weighted, loaded.step) == (True, 2**-20)


def test_a_process_killed_while_it_saves_leaves_the_old_counts(tmp_path: Path) -> None:
    counted([["a", "b"]]).save(tmp_path / "counts")
    code = """
import os, signal, sys
from labelsphere.annotations import Annotations, Vocabulary
from labelsphere.space import count_cooccurrence, counts

def die(arrays, path):
    path.write_bytes(b"half of it")
    os.kill(os.getpid(), signal.SIGKILL)

counts.save_file = die
tags = Annotations.from_lists([["c"]], vocabulary=Vocabulary("abcde"))
count_cooccurrence(tags).save(sys.argv[1], overwrite=True)
"""
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path / "counts")], check=False)
    assert done.returncode == -9
    assert same(Counts.load(tmp_path / "counts"), counted([["a", "b"]]))


def test_labels_of_another_folder_are_told(tmp_path: Path) -> None:
    counted([["a"]]).save(tmp_path / "counts")
    count_cooccurrence(
        Annotations.from_lists([list("edcba")], vocabulary=Vocabulary("edcba"))
    ).save(tmp_path / "other")
    (tmp_path / "other" / "labels.parquet").replace(tmp_path / "counts" / "labels.parquet")
    with pytest.raises(ArtefactError, match="in their order"):
        Counts.load(tmp_path / "counts")


def test_revised_counts_are_those_of_the_revised_images() -> None:
    rows = [["auto", "road"], ["car", "road", "sky"], ["car"], ["junk", "sky"], ["sky"], ["bus"]]
    tags = Annotations.from_lists(rows)
    change = {"auto": "car", "junk": None, "sky": "air"}
    for weighted in (False, True):
        ours = count_cooccurrence(tags, weighted=weighted).revise(change, {"pkw": "car"})
        assert same(ours, count_cooccurrence(tags.revise(change), weighted=weighted))
        assert ours.vocabulary.aliases == {"auto": "car", "sky": "air", "pkw": "car"}
        assert (ours.weighted, ours.n_images) == (weighted, 6)
    with pytest.raises(UsageError, match="no tag 'atuo'"):
        count_cooccurrence(tags).revise({"atuo": "car"})


def test_counts_that_do_not_tell_a_merge_are_refused() -> None:
    rows = [["a", "b"], ["a", "c"], ["b", "c"], ["a"], ["b"], ["c"], []]
    with pytest.raises(DataError, match="counts of pairs do not determine"):
        counted(rows).revise({"a": "b"})


def test_labels_go_over_to_what_they_are_aliases_of(tmp_path: Path) -> None:
    old = count_cooccurrence(Annotations.from_lists([["auto", "road"], ["car"]]))
    new = old.over(Vocabulary(["road", "car"], {"auto": "car"}))
    assert new.joint.toarray().tolist() == [[1, 1], [1, 2]]
    more = new.joined(count_cooccurrence(Annotations.from_lists([["auto", "sea"]])))
    assert more.vocabulary.names == ("road", "car", "sea")
    assert more.occurrences.tolist() == [1, 3, 1]
    more.save(tmp_path / "counts")
    assert Counts.load(tmp_path / "counts").vocabulary.aliases == {"auto": "car"}
    assert new.over(Vocabulary(["road", "car"])).vocabulary.aliases == {}
