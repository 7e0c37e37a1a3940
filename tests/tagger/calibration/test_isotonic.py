"""Isotonic curves: scikit-learn's steps, one pair more in each."""

import numpy as np
from scipy.special import expit, logit
from sklearn.isotonic import IsotonicRegression

from labelsphere.tagger.calibration.isotonic import IsotonicCurves, fit_isotonic
from labelsphere.tagger.calibration.pairs import Pairs


def made(images: int = 3000, seed: int = 0) -> tuple[Pairs, np.ndarray]:
    """Two labels: one frequent, whose log-odds are half as steep as given, and one rare."""
    random = np.random.default_rng(seed)
    odds = random.normal(-1, 2, (2, images))
    chance = np.stack([expit(0.5 * odds[0]), expit(odds[1] - 5)])
    positive = random.random((2, images)) < chance
    label = np.repeat(np.arange(2), images)
    pairs = Pairs(
        images,
        2,
        np.tile(np.arange(images), 2),
        label,
        odds.ravel(),
        positive.ravel(),
        np.ones(2 * images),
    )
    return pairs, odds.ravel()


def test_only_labels_with_enough_positives_get_a_curve() -> None:
    pairs, odds = made()
    found = fit_isotonic(pairs, odds)
    assert found.labels.tolist() == [0]
    assert fit_isotonic(pairs, odds, enough=10_000).labels.tolist() == []


def test_values_are_those_of_scikit_learn_with_one_pair_more_a_step() -> None:
    pairs, odds = made()
    found = fit_isotonic(pairs, odds)
    mine = pairs.label == 0
    x, y = odds[mine], pairs.positive[mine].astype(float)
    step = IsotonicRegression().fit(x, y).predict(x)
    for value in np.unique(step):
        inside = step == value
        likely = expit(x[inside]).mean()
        expected = (y[inside].sum() + likely) / (inside.sum() + 1)
        knot = np.flatnonzero(np.isclose(found.given, x[inside].mean(), atol=1e-9))
        assert len(knot) == 1
        # Values do not fall from step to step, even where the one pair more would make them.
        assert found.found[knot[0]] >= logit(expected) - 1e-9


def test_a_curve_rises_and_mends_a_wrong_slope() -> None:
    pairs, odds = made(20_000)
    found = fit_isotonic(pairs, odds, enough=1_000)
    grid = np.linspace(-8, 6, 400)
    curve = found.curve(0, grid)
    assert (np.diff(curve) >= 0).all()
    inside = (grid > -4) & (grid < 3)
    assert np.abs(expit(curve) - expit(0.5 * grid))[inside].max() < 0.06
    whole = found.apply(np.column_stack([grid, grid]))
    np.testing.assert_array_equal(whole[:, 0], curve)
    np.testing.assert_array_equal(whole[:, 1], grid)


def test_minus_infinity_stays() -> None:
    pairs, odds = made()
    found = fit_isotonic(pairs, odds)
    assert found.curve(0, np.array([-np.inf]))[0] == -np.inf


def test_no_curves_change_nothing() -> None:
    grid = np.random.default_rng(0).normal(size=(4, 3))
    np.testing.assert_array_equal(IsotonicCurves.none().apply(grid), grid)
