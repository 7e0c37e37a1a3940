import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelsphere.errors import UsageError
from labelsphere.metrics import capped_frequency_weights


def test_by_hand() -> None:
    # The mean count of the classes that occur is (2 + 4 + 30) / 3 = 12.
    weights = capped_frequency_weights(np.array([0, 2, 4, 30]), minimum=0.2, maximum=2.0)
    np.testing.assert_allclose(weights, [0.2, 0.2, 4 / 12, 2.0], rtol=1e-12)


@given(
    counts=st.lists(st.integers(0, 10**6), min_size=1).filter(any),
    low=st.floats(0, 2),
    width=st.floats(0, 100),
)
def test_within_limits_and_in_order_of_frequency(
    counts: list[int], low: float, width: float
) -> None:
    weights = capped_frequency_weights(counts, low, low + width)
    assert ((weights >= low) & (weights <= low + width)).all()
    assert (np.diff(weights[np.argsort(counts)]) >= 0).all()


def test_without_limits_the_mean_weight_of_occurring_classes_is_one() -> None:
    weights = capped_frequency_weights(np.array([1, 5, 200]), 0.0, np.inf)
    assert weights.mean() == pytest.approx(1.0)


@pytest.mark.parametrize("counts", [[[1, 2]], [1, -1], [1.0, np.nan], [np.inf]])
def test_counts_that_are_none_are_refused(counts: list[float]) -> None:
    with pytest.raises(UsageError, match="counts must be one row of numbers >= 0"):
        capped_frequency_weights(np.array(counts))


def test_all_zero_counts_are_refused() -> None:
    with pytest.raises(UsageError, match="all 0"):
        capped_frequency_weights(np.zeros(3))


@pytest.mark.parametrize(("low", "high"), [(-1.0, 1.0), (2.0, 1.0), (np.nan, 1.0)])
def test_crossed_limits_are_refused(low: float, high: float) -> None:
    with pytest.raises(UsageError, match="0 <= minimum <= maximum"):
        capped_frequency_weights(np.ones(2), low, high)
