import numpy as np
import pytest

from labelsphere.errors import UsageError
from labelsphere.metrics.bootstrap import centred_interval, resample_images


def test_each_resample_draws_as_many_images_as_there_are() -> None:
    drawn = resample_images(50, 400, seed=0)
    assert drawn.shape == (50, 400)
    assert (drawn.sum(axis=0) == 50).all()
    assert (drawn == np.round(drawn)).all()
    # Each image is missed with probability (1 - 1/50)^50 = 0.364.
    assert (drawn == 0).mean() == pytest.approx(0.364, abs=0.01)


def test_seeds_repeat_and_differ() -> None:
    np.testing.assert_array_equal(resample_images(9, 5, 1), resample_images(9, 5, 1))
    assert (resample_images(9, 5, 1) != resample_images(9, 5, 2)).any()


def test_spread_of_a_mean_is_its_standard_error() -> None:
    values = np.random.default_rng(0).normal(size=400)
    means = values @ resample_images(400, 4000, seed=0) / 400
    low, high = centred_interval(values.mean(), means, 0.95)
    assert high - low == pytest.approx(2 * 1.96 * values.std() / 20, rel=0.05)


def test_interval_is_centred_on_the_figure() -> None:
    drawn = np.linspace(0.3, 0.4, 101)
    assert centred_interval(0.2, drawn, 0.9) == pytest.approx((0.155, 0.245))


def test_the_centre_is_the_mean_of_skewed_draws() -> None:
    # Mean 2, median 0: around the median the interval would begin at the figure.
    drawn = np.array([0.0] * 8 + [10.0, 10.0])
    assert centred_interval(5.0, drawn, 0.5) == pytest.approx((3.0, 3.0))
    assert centred_interval(5.0, np.array([0.0, 0.0, 0.0, 4.0]), 0.9)[0] == pytest.approx(4.0)


def test_undefined_draws_are_left_out() -> None:
    assert centred_interval(1.0, np.array([np.nan, 1.0, 1.0]), 0.95) == (1.0, 1.0)
    with pytest.raises(UsageError, match="use more resamples"):
        centred_interval(1.0, np.array([np.nan, np.nan]), 0.95)


@pytest.mark.parametrize("level", [0.0, 1.0, 95.0, -0.5])
def test_levels_outside_0_and_1_are_refused(level: float) -> None:
    with pytest.raises(UsageError, match="level must be between 0 and 1"):
        centred_interval(0.0, np.zeros(2), level)
