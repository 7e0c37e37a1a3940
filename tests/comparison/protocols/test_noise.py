from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_array, random_array

from labelsphere.comparison.protocols.noise import Noise, noisy_tags


def random_tags(images: int, labels: int, density: float, seed: int = 0) -> Any:
    random = np.random.default_rng(seed)
    matrix = csr_array(random_array((images, labels), density=density, rng=random))
    matrix = matrix.astype(np.float32)
    matrix.sort_indices()
    return matrix


def noise(matrix: Any, groups: Any = None, **changed: Any) -> Noise:
    arguments = {"lost": (0.8, 0.9), "wrong": 0.05, "seed": 0} | changed
    groups = np.arange(matrix.shape[0]) if groups is None else np.asarray(groups)
    counts = changed.pop("counts", np.bincount(matrix.indices, minlength=matrix.shape[1]))
    arguments["counts"] = counts
    return noisy_tags(matrix, groups, **arguments)


def sets(matrix: Any) -> list[set[int]]:
    return [set(np.flatnonzero(row).tolist()) for row in matrix.toarray()]


def test_so_many_are_lost_and_put_in_as_was_asked_for() -> None:
    matrix = random_tags(4000, 60, 0.1)
    found = noise(matrix)
    assert found.given == matrix.nnz
    assert found.matrix.nnz == found.kept + found.wrong
    # The mean of what is kept is 15 %, of what is put in 5 % of the tags; four deviations.
    spread = 4 / np.sqrt(4000)
    assert found.kept / 4000 == pytest.approx(0.15 * matrix.nnz / 4000, abs=0.5 * spread)
    assert found.wrong / 4000 == pytest.approx(0.05 * matrix.nnz / 4000, abs=0.5 * spread)
    truth, noisy = sets(matrix), sets(found.matrix)
    assert sum(len(a & b) for a, b in zip(truth, noisy, strict=True)) == found.kept
    assert sum(len(b - a) for a, b in zip(truth, noisy, strict=True)) == found.wrong
    assert min(len(a) for a in noisy) == 0


def test_an_image_with_many_tags_loses_between_80_and_90_percent() -> None:
    matrix = csr_array(np.ones((300, 200), np.float32))
    kept = np.diff(noise(matrix, wrong=0.0).matrix.indptr)
    assert kept.min() >= 20
    assert kept.max() <= 41
    assert kept.min() < 22
    assert kept.max() > 38


def test_wrong_tags_come_by_frequency_and_never_where_the_count_is_zero() -> None:
    matrix = csr_array(np.eye(3, 6, dtype=np.float32)[np.zeros(6000, int)])
    counts = np.array([5, 10, 20, 0, 30, 40])
    found = noise(matrix, counts=counts, lost=(1.0, 1.0), wrong=1.0)
    drawn = np.bincount(found.matrix.indices, minlength=6)
    assert drawn[0] == drawn[3] == 0
    assert drawn.sum() == 6000
    np.testing.assert_allclose(drawn / 6000, [0, 0.1, 0.2, 0, 0.3, 0.4], atol=0.03)


def test_variants_keep_their_own_of_what_the_group_keeps_and_get_the_same_wrong_ones() -> None:
    random = np.random.default_rng(3)
    whole = (random.random((300, 40)) < 0.3).repeat(3, axis=0)
    some = whole & (random.random(whole.shape) < 0.8)
    groups = random.permutation(900)
    matrix = csr_array(some[np.argsort(groups)].astype(np.float32))
    groups = np.arange(900)[np.argsort(groups)] // 3
    found = noise(matrix, groups, wrong=0.2)
    truth, noisy = sets(matrix), sets(found.matrix)
    for number in range(300):
        variants = np.flatnonzero(groups == number)
        known = set.union(*(truth[row] for row in variants))
        wrong = [noisy[row] - known for row in variants]
        assert wrong[0] == wrong[1] == wrong[2]
        kept = set.union(*(noisy[row] & known for row in variants))
        for row in variants:
            assert noisy[row] == (kept & truth[row]) | wrong[0]


def test_confidences_of_kept_tags_stay_and_rows_are_sorted() -> None:
    matrix = random_tags(200, 30, 0.3)
    found = noise(matrix, wrong=0.0).matrix
    dense, noisy = matrix.toarray(), found.toarray()
    np.testing.assert_array_equal(noisy[noisy > 0], dense[noisy > 0])
    assert found.has_sorted_indices
    assert found.dtype == np.float32
    assert (found.data > 0).all()


@given(
    seed=st.integers(0, 100),
    images=st.integers(1, 12),
    labels=st.integers(1, 6),
    density=st.sampled_from([0.0, 0.3, 1.0]),
    wrong=st.sampled_from([0.0, 0.5, 3.0]),
)
def test_any_table_gives_a_table_of_its_shape_and_the_same_again(
    seed: int, images: int, labels: int, density: float, wrong: float
) -> None:
    matrix = random_tags(images, labels, density, seed)
    groups = np.random.default_rng(seed).integers(0, 4, images)
    counts = np.arange(1, labels + 1)
    first = noise(matrix, groups, counts=counts, wrong=wrong, seed=seed)
    again = noise(matrix, groups, counts=counts, wrong=wrong, seed=seed)
    assert first.matrix.shape == matrix.shape
    assert (first.matrix != again.matrix).nnz == 0
    assert first.matrix.nnz == len(set(zip(*map(tuple, first.matrix.nonzero()), strict=True)))
    assert first.kept <= first.given
