from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy.sparse import csr_array

from labelsphere.arrays import FloatArray
from labelsphere.errors import DataError, UsageError
from labelsphere.metrics import DenseScores, Ranking, scores
from labelsphere.metrics.ranking import sort_keys

FLOATS = st.floats(width=32, allow_nan=False)
MATRICES = hnp.arrays(
    np.float32,
    hnp.array_shapes(min_dims=2, max_dims=2, max_side=8),
    elements=FLOATS | st.sampled_from([0.0, -0.0, 1.0, -1.0, -np.inf, np.inf, 1e-45, -1e-45]),
)


@given(values=MATRICES)
def test_keys_order_by_falling_score_then_rising_label(
    values: FloatArray, ranked_lists: Callable
) -> None:
    assert sort_keys(values).argsort(axis=1).tolist() == ranked_lists(values)


@given(seed=st.integers(0, 10**6))
def test_top_hits_and_ranks_of_true_tags(
    seed: int, random_case: Callable, rank: Callable, ranked_lists: Callable
) -> None:
    values, truth = random_case(seed)
    ranking = rank(values, truth)
    lists = ranked_lists(values)
    assert ranking.top.tolist() == lists
    assert ranking.hits.tolist() == [
        [bool(truth[image, label]) for label in order] for image, order in enumerate(lists)
    ]
    ranks = [
        place
        for image, order in enumerate(lists)
        for place, label in enumerate(order, start=1)
        if truth[image, label]
    ]
    assert ranking.true_ranks.ranks.tolist() == ranks


def test_ranks_reach_beyond_the_first_hundred(rank: Callable) -> None:
    truth = np.zeros((1, 150))
    truth[0, [0, 149]] = 1
    ranking = rank(np.arange(150.0)[None, :], truth)
    assert ranking.top.shape == (1, 100)
    assert ranking.top[0, :2].tolist() == [149, 148]
    assert ranking.true_ranks.ranks.tolist() == [1, 150]


@pytest.mark.parametrize("share", [0.01, 0.5])
def test_few_and_many_true_tags_of_many_labels_against_full_sorts(
    share: float, rank: Callable
) -> None:
    generator = np.random.default_rng(1)
    values = np.round(generator.standard_normal((20, 300)), 1)
    truth = generator.random(values.shape) < share
    truth[:2] = False
    ranking = rank(values, truth)
    order = np.argsort(-values, axis=1, kind="stable")
    assert ranking.top.tolist() == order[:, :100].tolist()
    places = np.take_along_axis(truth, order, axis=1)
    assert ranking.true_ranks.ranks.tolist() == (np.nonzero(places)[1] + 1).tolist()
    assert ranking.true_ranks.labels.tolist() == order[places].tolist()


def test_blocks_do_not_show(
    monkeypatch: pytest.MonkeyPatch, random_case: Callable, rank: Callable
) -> None:
    values, truth = random_case(3, images=25)
    whole = rank(values, truth)
    monkeypatch.setattr(scores, "BLOCK_CELLS", 4 * 9)
    parts = rank(values, truth)
    np.testing.assert_array_equal(whole.top, parts.top)
    np.testing.assert_array_equal(whole.true_ranks.ranks, parts.true_ranks.ranks)


def test_minus_infinity_ranks_last_and_ties_by_number() -> None:
    keys = sort_keys(np.array([[-np.inf, -1e30, -np.inf, 2.0]], np.float32))
    assert keys.argsort(axis=1).tolist() == [[3, 1, 0, 2]]


def test_nan_names_the_image(monkeypatch: pytest.MonkeyPatch) -> None:
    values = np.zeros((7, 3))
    values[5, 1] = np.nan
    monkeypatch.setattr(scores, "BLOCK_CELLS", 6)
    with pytest.raises(DataError, match="image row 5 contain NaN"):
        Ranking.from_scores(DenseScores(values), csr_array(np.ones((7, 3))))


def test_truth_of_other_shape_is_refused() -> None:
    with pytest.raises(UsageError, match="like the scores"):
        Ranking.from_scores(DenseScores(np.zeros((2, 3))), csr_array(np.ones((2, 4))))
