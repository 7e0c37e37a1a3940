"""Weighted sums of decoders, against the sum of their scores."""

import pytest
import torch

from labelsphere.errors import UsageError
from labelsphere.tagger.decoders import LinearDecoder
from labelsphere.tagger.decoders.weighted import WeightedDecoder, weighted_sum

RANDOM = torch.manual_seed(0)
POINTS = torch.randn((6, 5), generator=RANDOM)
ONE, OTHER = (
    LinearDecoder(torch.randn((8, 5), generator=RANDOM), torch.randn(8, generator=RANDOM), True)
    for _ in range(2)
)
BIAS = torch.randn(8, generator=RANDOM)


def test_is_the_sum_of_the_terms_scores() -> None:
    decoder = weighted_sum((ONE, OTHER), (0.3, 1.7), BIAS)
    expected = 0.3 * ONE.scores(POINTS) + 1.7 * OTHER.scores(POINTS) + BIAS
    torch.testing.assert_close(decoder.scores(POINTS), expected)
    torch.testing.assert_close(decoder.scores(POINTS, 2, 5), expected[:, 2:5])
    assert decoder.features
    assert decoder.n_labels == 8
    assert decoder.scores(POINTS[:0]).shape == (0, 8)


@pytest.mark.parametrize("weights", [(0.0, 2.0), (2.0, 0.0)])
def test_terms_of_weight_0_cost_nothing(weights: tuple[float, float]) -> None:
    decoder = weighted_sum((ONE, OTHER), weights, BIAS)
    assert isinstance(decoder, LinearDecoder)
    kept = ONE if weights[0] else OTHER
    torch.testing.assert_close(decoder.scores(POINTS), 2 * kept.scores(POINTS) + BIAS)


def test_without_any_weight_the_bias_is_left() -> None:
    for terms in ((ONE,), (WeightedDecoder((ONE, OTHER), (1.0, 1.0), BIAS),)):
        scores = weighted_sum(terms, (0.0,), BIAS).scores(POINTS)
        torch.testing.assert_close(scores, BIAS.expand(6, -1))


@pytest.mark.parametrize("weight", [0.0, 0.5])
def test_labels_that_cannot_be_predicted_stay_so(weight: float) -> None:
    shut = ONE.plus(torch.tensor([-torch.inf, *[0.0] * 7]))
    scores = weighted_sum((shut,), (weight,), BIAS).scores(POINTS)
    assert torch.isneginf(scores[:, 0]).all()
    assert scores[:, 1:].isfinite().all()


def test_another_number_of_weights_is_refused() -> None:
    with pytest.raises(UsageError, match="has 2 terms, but got 1 weights"):
        weighted_sum((ONE, OTHER), (1.0,), BIAS)
