"""Objectives with one output for each label start at the labels' prior."""

import numpy as np
import pytest
from torch import nn

from labelsphere.tagger.objectives import Asymmetric, Focal, Logistic, Softmax, prior_log_odds
from labelsphere.tagger.objectives.classifier import Classifier

COUNTS = np.array([5, 0, 3, 9])


def test_prior_log_odds_by_hand() -> None:
    odds = prior_log_odds(np.array([0, 2, 4]), 4)
    np.testing.assert_allclose(odds, np.log([0.5 / 4.5, 1.0, 4.5 / 0.5]), rtol=1e-6)
    assert odds.dtype == np.float32


@pytest.mark.parametrize("kind", [Logistic, Softmax, Asymmetric, Focal])
def test_the_head_starts_at_the_prior_with_small_weights(kind: type[Classifier]) -> None:
    objective = kind(COUNTS, 9)
    head = nn.Linear(200, objective.width)
    objective.initialise(head)
    share = (COUNTS + 0.5) / 10
    expected = np.log(share) if kind is Softmax else np.log(share / (1 - share))
    np.testing.assert_allclose(head.bias.detach(), expected, rtol=1e-6)
    assert float(head.weight.detach().std()) == pytest.approx(0.01, rel=0.1)
