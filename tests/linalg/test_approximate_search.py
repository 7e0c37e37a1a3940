"""The approximate index beside the exact search."""

import sys

import numpy as np
import pytest

from labelsphere.errors import MissingExtraError, UsageError
from labelsphere.linalg import ApproximateSearch, top_k, with_unit_rows


def clustered(size: int = 4000, width: int = 16) -> tuple[np.ndarray, np.ndarray]:
    """Vectors of unit norm around 40 centres, and points near some of them."""
    random = np.random.default_rng(0)
    centres = random.standard_normal((40, width))
    vectors = centres[random.integers(40, size=size)] + random.standard_normal((size, width))
    points = vectors[:50] + 0.3 * random.standard_normal((50, width))
    return with_unit_rows(vectors.astype(np.float32)), points


def exact(points: np.ndarray, vectors: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    return top_k(with_unit_rows(points.astype(np.float32)), vectors, count)


def test_most_vectors_are_found_and_scores_are_theirs() -> None:
    vectors, points = clustered()
    numbers, scores = ApproximateSearch(vectors).top(points, 10)
    expected, best = exact(points, vectors, 10)
    assert (numbers.dtype, scores.dtype) == (np.int64, np.float32)
    recall = np.mean([len(set(a) & set(b)) / 10 for a, b in zip(numbers, expected, strict=True)])
    assert recall > 0.9
    assert (np.diff(scores, axis=1) <= 0).all()
    same = numbers == expected
    np.testing.assert_allclose(scores[same], best[same], atol=1e-6)


def share_found(search: ApproximateSearch, vectors: np.ndarray, points: np.ndarray) -> float:
    found, best = search.top(points, 100)[0], exact(points, vectors, 100)[0]
    return float(np.mean([len(set(a) & set(b)) / 100 for a, b in zip(found, best, strict=True)]))


def test_more_cells_are_searched_until_the_wanted_share_is_found() -> None:
    vectors, _ = clustered(9_000, 8)
    random = np.random.default_rng(5)
    points = vectors[random.integers(len(vectors), size=(300, 3))].sum(axis=1)
    noise = random.standard_normal(points.shape)
    points = (
        points + noise * (np.linalg.norm(points, axis=1) / np.linalg.norm(noise, axis=1))[:, None]
    )
    few, many, all_cells = (ApproximateSearch(vectors, recall=r) for r in (0.3, 0.95, 1.0))
    assert few.probed < many.probed < all_cells.probed == all_cells._index.nlist
    assert few.recall < 0.95 <= many.recall < all_cells.recall == 1.0
    # Fresh points of the same kind: what the trial says of itself holds for them.
    for search in (few, many, all_cells):
        assert share_found(search, vectors, points) == pytest.approx(search.recall, abs=0.03)


@pytest.mark.parametrize("recall", [0.0, 1.1, np.nan])
def test_a_share_that_cannot_be_found_is_refused(recall: float) -> None:
    with pytest.raises(UsageError, match="recall must be above 0 and at most 1"):
        ApproximateSearch(clustered(100)[0], recall=recall)


def test_points_with_too_few_vectors_near_are_searched_exactly() -> None:
    vectors, points = clustered()
    search = ApproximateSearch(vectors)
    search._index.nprobe = 1
    numbers, scores = search.top(points, 900)
    expected = exact(points, vectors, 900)
    np.testing.assert_array_equal(numbers, expected[0])
    np.testing.assert_array_equal(scores, expected[1])


def test_zero_points_are_as_in_the_exact_search() -> None:
    vectors, _ = clustered(200)
    numbers, scores = ApproximateSearch(vectors).top(np.zeros((2, 16)), 5)
    assert numbers.tolist() == [[0, 1, 2, 3, 4]] * 2
    assert not scores.any()


def test_an_index_twice_made_finds_the_same() -> None:
    vectors, points = clustered()
    first, second = (ApproximateSearch(vectors).top(points, 5)[0] for _ in range(2))
    np.testing.assert_array_equal(first, second)


@pytest.mark.parametrize(
    ("points", "count", "message"),
    [
        (np.full((1, 16), np.nan), 1, "finite"),
        (np.full((1, 16), np.inf), 1, "finite"),
        (np.ones((1, 3)), 1, r"\(points, 16\), but got shape \(1, 3\)"),
        (np.ones((1, 16)), 101, "from 1 to 100 labels, but got 101"),
    ],
)
def test_points_that_do_not_fit_are_refused(points: np.ndarray, count: int, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        ApproximateSearch(clustered(100)[0]).top(points, count)


def test_without_faiss_the_install_command_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "faiss", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'labelsphere\[faiss\]'"):
        ApproximateSearch(clustered(100)[0])
