"""Spaces turned back: planted turns, planted images, and what cannot be aligned."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import ortho_group

from labelsphere.annotations import Annotations, Vocabulary
from labelsphere.errors import DataError, UsageError
from labelsphere.space import LabelSpace, count_cooccurrence
from labelsphere.space.refitting import shared_rows

BLOCKS = [[f"{name} {i}" for i in range(6)] for name in ("sea", "town", "farm")]
NAMES = [tag for block in BLOCKS for tag in block]


def planted(images: int, seed: int) -> Annotations:
    """Tag sets of one block each, 0.5 of its tags and 0.05 of the others'."""
    random = np.random.default_rng(seed)
    own = np.repeat(np.eye(3), 6, axis=1)[random.integers(3, size=images)]
    given = random.random((images, 18)) < np.where(own > 0, 0.5, 0.05)
    rows = [[NAMES[k] for k in np.flatnonzero(row)] for row in given]
    return Annotations.from_lists(rows, vocabulary=Vocabulary(NAMES))


def turned(space: LabelSpace, seed: int = 0) -> LabelSpace:
    turn = ortho_group.rvs(space.dim, random_state=seed)
    return replace(space, vectors=(space.vectors.astype(np.float64) @ turn).astype(np.float32))


OLD = LabelSpace.fit(planted(400, 0), dim=8)


def test_a_turned_space_comes_back() -> None:
    aligned = turned(OLD).aligned_to(OLD)
    np.testing.assert_allclose(aligned.vectors, OLD.vectors, atol=1e-5)
    assert aligned.record.aligned_labels == 18
    assert aligned.record.aligned_proximity == pytest.approx(1.0)


def test_a_space_of_fewer_labels_in_another_order_comes_back() -> None:
    random = np.random.default_rng(1)
    chosen = random.permutation(18)[:12]
    part = LabelSpace(
        Vocabulary([NAMES[k] for k in chosen] + ["new"]),
        np.vstack([OLD.vectors[chosen], np.ones((1, 8), np.float32)]),
        np.ones(13, np.int64),
    )
    aligned = turned(part).aligned_to(OLD)
    np.testing.assert_allclose(aligned.vectors[:12], OLD.vectors[chosen], atol=1e-5)
    # What is new is turned along: it is as it was beside the others.
    np.testing.assert_allclose(
        aligned.vectors @ aligned.vectors.T, part.vectors @ part.vectors.T, atol=1e-4
    )


def test_a_space_of_fewer_dimensions_is_laid_into_the_larger() -> None:
    flat = replace(OLD, vectors=OLD.vectors * (np.arange(8) < 5))
    narrow = turned(replace(OLD, vectors=OLD.vectors[:, :5]))
    aligned = narrow.aligned_to(flat)
    assert aligned.dim == 8
    np.testing.assert_allclose(aligned.vectors, flat.vectors, atol=1e-5)


def test_of_all_turns_it_is_the_closest() -> None:
    noise = np.random.default_rng(2).normal(0, 0.2, OLD.vectors.shape).astype(np.float32)
    noisy = turned(replace(OLD, vectors=OLD.vectors + noise))
    best = np.linalg.norm(noisy.aligned_to(OLD).vectors - OLD.vectors)
    others = [np.linalg.norm(turned(noisy, seed).vectors - OLD.vectors) for seed in range(1, 50)]
    assert best < min(others)
    assert best <= np.linalg.norm(noise) + 1e-6


def test_a_refit_stays_where_the_old_fit_was() -> None:
    # Three blocks fill three dimensions; what is beyond them is noise, another in every draw.
    old, tags = LabelSpace.fit(planted(400, 0), dim=3), planted(400, 3)
    fresh, refitted = LabelSpace.fit(tags, dim=3), old.refit(tags)
    cosines = (refitted.unit_vectors * old.unit_vectors).sum(axis=1)
    assert cosines.min() > 0.9
    assert refitted.record.aligned_proximity == pytest.approx(float(cosines.mean()), abs=1e-6)
    # Unaligned, the same fit is somewhere else altogether.
    assert (fresh.unit_vectors * old.unit_vectors).sum(axis=1).mean() < 0.5
    gram = fresh.vectors @ fresh.vectors.T
    np.testing.assert_allclose(refitted.vectors @ refitted.vectors.T, gram, atol=1e-4)


def test_a_refit_is_of_the_same_method_and_options() -> None:
    tags = planted(300, 4)
    old = LabelSpace.fit(tags, "shifted", dim=6, shift=2.0, exponent=0.25)
    again = old.refit(count_cooccurrence(tags))
    assert again.record.method == "shifted"
    assert again.record.options == {"shift": 2.0}
    assert again.record.exponent == 0.25
    np.testing.assert_allclose(again.vectors, old.vectors, atol=1e-4)
    assert old.refit(tags, shift=1.5).record.options == {"shift": 1.5}
    with pytest.raises(UsageError, match="'shifted' has no option 'smoothing'"):
        old.refit(tags, smoothing=1.0)


def test_a_refit_of_tags_with_fewer_dimensions_keeps_the_width() -> None:
    tags = planted(400, 5)
    old = LabelSpace.fit(tags, dim=10)
    few = tags.revise(dict.fromkeys(NAMES[6:], None))
    with pytest.raises(UsageError, match="dim must be at most"):
        LabelSpace.fit(few, dim=10)
    assert old.refit(few).dim == 10
    assert old.refit(few, dim=2).dim == 10
    with pytest.raises(UsageError, match="dim must be at most 10, those of the old space"):
        old.refit(tags, dim=11)
    with pytest.raises(UsageError, match="number of positive eigenvalues"):
        old.refit(few, dim=9)


def test_labels_are_shared_by_name_and_by_aliases_of_both() -> None:
    vectors = np.eye(3, dtype=np.float32)
    old = LabelSpace(Vocabulary(["car", "cat", "sky"], {"auto": "car"}), vectors, np.ones(3, int))
    new = LabelSpace(
        Vocabulary(["kitten", "auto", "sea"], {"cat": "kitten"}), vectors, np.ones(3, int)
    )
    rows, old_rows = shared_rows(new, old)
    assert (rows.tolist(), old_rows.tolist()) == ([0, 1], [1, 0])
    # A label without a place tells nothing.
    hidden = replace(old, vectors=vectors * [[1.0], [0.0], [1.0]])
    hidden = replace(hidden, vectors=hidden.vectors.astype(np.float32))
    assert shared_rows(new, hidden)[0].tolist() == [1]


def test_spaces_that_cannot_be_aligned_are_refused() -> None:
    other = LabelSpace.fit(Annotations.from_lists([["x", "y"], ["x", "y"], ["z"]]))
    with pytest.raises(
        DataError, match="none of the 3 labels has an embedding in the old space of 18"
    ):
        other.aligned_to(OLD)
    with pytest.raises(UsageError, match=r"has 8 dimensions and .* 5; fit it with dim=5"):
        OLD.aligned_to(LabelSpace.fit(planted(400, 0), dim=5))
    few = OLD.revise(dict.fromkeys(NAMES[7:], None))
    with pytest.raises(UsageError, match="7 labels in common, too few to align 8 dimensions"):
        few.aligned_to(OLD)


def test_tags_under_their_old_names_are_refitted_as_what_they_are_now() -> None:
    tags = planted(400, 6)
    old = LabelSpace.fit(tags, dim=8).revise({"sea 0": "ocean", "town 1": "town 0"})
    revised = tags.revise({"sea 0": "ocean", "town 1": "town 0"})
    found, expected = old.refit(tags), old.refit(revised)
    assert found.vocabulary.names == expected.vocabulary.names
    assert found.vocabulary.aliases == {"sea 0": "ocean", "town 1": "town 0"}
    np.testing.assert_allclose(found.vectors, expected.vectors, atol=1e-5)
    counts = count_cooccurrence(revised)
    np.testing.assert_allclose(old.refit(counts).vectors, expected.vectors, atol=1e-5)
    with pytest.raises(DataError, match="counts of pairs do not determine"):
        old.refit(count_cooccurrence(tags))


def test_labels_that_moved_are_told_farthest_first() -> None:
    random = np.random.default_rng(7)
    near = random.normal(0, np.arange(18)[:, None] / 60, OLD.vectors.shape)
    other = replace(OLD, vectors=OLD.vectors + near.astype(np.float32))
    moved = other.moved(OLD)
    cosines = (other.unit_vectors * OLD.unit_vectors).sum(axis=1)
    assert [neighbor.label for neighbor in moved] == [NAMES[k] for k in np.argsort(cosines)]
    np.testing.assert_allclose([n.proximity for n in moved], np.sort(cosines), atol=1e-6)
