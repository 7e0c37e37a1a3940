"""The approximate index beside the exact search."""

import sys

import numpy as np
import pytest

from labelsphere.errors import MissingExtraError, UsageError
from labelsphere.space.nearest import ApproximateSearch, ExactSearch


def clustered(labels: int = 4000, width: int = 16) -> tuple[ExactSearch, np.ndarray]:
    random = np.random.default_rng(0)
    centres = random.standard_normal((40, width))
    vectors = centres[random.integers(40, size=labels)] + random.standard_normal((labels, width))
    bias = np.where(np.arange(labels) % 7 == 3, -np.inf, 0)
    points = vectors[:50] + 0.3 * random.standard_normal((50, width))
    return ExactSearch(vectors, bias, cosine=True), points


def test_most_labels_are_found_and_scores_are_theirs() -> None:
    exact, points = clustered()
    search = ApproximateSearch(exact)
    numbers, scores = search.top(points, 10)
    expected, best = exact.top(points, 10)
    assert (numbers.dtype, scores.dtype) == (np.int64, np.float32)
    assert not (numbers % 7 == 3).any()
    recall = np.mean([len(set(a) & set(b)) / 10 for a, b in zip(numbers, expected, strict=True)])
    assert recall > 0.9
    assert (np.diff(scores, axis=1) <= 0).all()
    same = numbers == expected
    np.testing.assert_allclose(scores[same], best[same], atol=1e-6)


def share_found(search: ApproximateSearch, exact: ExactSearch, points: np.ndarray) -> float:
    found, best = search.top(points, 100)[0], exact.top(points, 100)[0]
    return float(np.mean([len(set(a) & set(b)) / 100 for a, b in zip(found, best, strict=True)]))


def test_more_cells_are_searched_until_the_wanted_share_is_found() -> None:
    exact, _ = clustered(9_000, 8)
    random = np.random.default_rng(5)
    vectors = exact.labels.vectors
    points = vectors[random.integers(len(vectors), size=(300, 3))].sum(axis=1)
    noise = random.standard_normal(points.shape)
    points += noise * (np.linalg.norm(points, axis=1) / np.linalg.norm(noise, axis=1))[:, None]
    few, many, all_cells = (ApproximateSearch(exact, recall=r) for r in (0.3, 0.95, 1.0))
    assert few.probed < many.probed < all_cells.probed == all_cells._index.nlist
    assert few.recall < 0.95 <= many.recall < all_cells.recall == 1.0
    # Fresh points of the same kind: what the trial says of itself holds for them.
    for search in (few, many, all_cells):
        assert share_found(search, exact, points) == pytest.approx(search.recall, abs=0.03)


@pytest.mark.parametrize("recall", [0.0, 1.1, np.nan])
def test_a_share_that_cannot_be_found_is_refused(recall: float) -> None:
    with pytest.raises(UsageError, match="recall must be above 0 and at most 1"):
        ApproximateSearch(clustered(100)[0], recall=recall)


def test_points_with_too_few_labels_near_are_searched_exactly() -> None:
    exact, points = clustered()
    search = ApproximateSearch(exact)
    search._index.nprobe = 1
    numbers, scores = search.top(points, 900)
    expected = exact.top(points, 900)
    np.testing.assert_array_equal(numbers, expected[0])
    np.testing.assert_array_equal(scores, expected[1])


def test_zero_points_and_labels_shut_out_are_as_in_the_exact_search() -> None:
    exact, points = clustered(200)
    search = ApproximateSearch(exact)
    for given, count in ((np.zeros((2, 16)), 5), (points[:2], 200)):
        np.testing.assert_array_equal(search.top(given, count)[0], exact.top(given, count)[0])


def test_an_index_twice_made_finds_the_same() -> None:
    exact, points = clustered()
    first, second = (ApproximateSearch(exact).top(points, 5)[0] for _ in range(2))
    np.testing.assert_array_equal(first, second)


def test_what_is_no_search_by_cosine_is_refused() -> None:
    vectors = np.eye(3, dtype=np.float32)
    for exact in (ExactSearch(vectors), ExactSearch(vectors, np.ones(3), cosine=True)):
        with pytest.raises(UsageError, match="by cosine without a bias"):
            ApproximateSearch(exact)


def test_points_that_do_not_fit_are_refused() -> None:
    exact, points = clustered(100)
    with pytest.raises(UsageError, match="finite"):
        ApproximateSearch(exact).top(np.full_like(points, np.nan), 1)


def test_without_faiss_the_install_command_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "faiss", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'labelsphere\[faiss\]'"):
        ApproximateSearch(clustered(100)[0])
