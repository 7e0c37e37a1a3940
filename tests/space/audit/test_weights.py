"""Weights of evidence against scikit-learn."""

import numpy as np
from sklearn.linear_model import LogisticRegression

from labelsphere.space.audit.weights import learn_weights


def test_weights_are_those_of_logistic_regression() -> None:
    random = np.random.default_rng(0)
    there, absent = random.normal([1.0, 0.5], 1, (400, 2)), random.normal([0, 0], 1, (900, 2))
    target = np.repeat([1, 0], [400, 900])
    weight = np.where(target == 1, 0.5 / 400, 0.5 / 900)
    model = LogisticRegression(C=1e8, tol=1e-10).fit(np.vstack([there, absent]), target, weight)
    np.testing.assert_allclose(learn_weights(there, absent), model.coef_[0], rtol=2e-2)


def test_figures_that_separate_nothing_get_no_weight() -> None:
    random = np.random.default_rng(0)
    there, absent = (
        random.normal([2.0, 0], [1, 0], (300, 2)),
        random.normal([0, 0], [1, 0], (300, 2)),
    )
    weights = learn_weights(there, absent)
    assert weights[0] > 1
    assert weights[1] == 0


def test_no_evidence_speaks_for_its_contrary_and_separation_stays_finite() -> None:
    there, absent = np.array([[1.0, -1.0]] * 20), np.array([[-1.0, 1.0]] * 20)
    weights = learn_weights(there, absent)
    assert np.isfinite(weights).all()
    assert weights[0] > 0
    assert weights[1] == 0
