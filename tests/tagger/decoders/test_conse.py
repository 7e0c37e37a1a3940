"""A classifier's guesses mixed in a space, against the sum written out."""

from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import nn

from labelsphere.errors import UsageError
from labelsphere.space import LabelSpace
from labelsphere.tagger.decoders import conse
from labelsphere.tagger.decoders.conse import conse_decoder
from labelsphere.tagger.label_context import LabelContext


@pytest.fixture
def head() -> nn.Linear:
    layer = nn.Linear(5, 12)
    with torch.no_grad():
        layer.weight.normal_(generator=torch.manual_seed(0))
        layer.bias.normal_(generator=torch.manual_seed(1))
    return layer


@pytest.fixture
def labels(random_space: Callable[..., LabelSpace]) -> LabelContext:
    """Label 3 has no place, label 8 no training image."""
    space = random_space(0, labels=12, dim=6, unplaced=(3,))
    counts = np.arange(1, 13)
    counts[8] = 0
    return LabelContext(space.vocabulary, counts, 100, space)


def test_scores_are_cosines_to_the_mixture_of_the_likeliest(
    labels: LabelContext, head: nn.Linear, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conse, "_GUESSES", 4)
    decoder = conse_decoder(labels, head)
    assert decoder.features
    hidden = torch.randn((6, 5), generator=torch.manual_seed(2))
    scores = decoder.scores(hidden).numpy()
    logits = head(hidden).detach().numpy().astype(np.float64)
    assert labels.space is not None
    unit = labels.space.unit_vectors.astype(np.float64)
    for row in range(6):
        chances = 1 / (1 + np.exp(-logits[row]))
        chances[[3, 8]] = -1
        likeliest = np.argsort(-chances)[:4]
        mixture = chances[likeliest] @ unit[likeliest] / chances[likeliest].sum()
        np.testing.assert_allclose(decoder.mixture(hidden)[row], mixture, atol=1e-6)
        expected = unit @ mixture / np.linalg.norm(mixture)
        expected[3] = -np.inf
        np.testing.assert_allclose(scores[row], expected, atol=1e-5)


def test_a_label_that_no_image_had_is_found_by_its_place(
    labels: LabelContext, head: nn.Linear
) -> None:
    assert labels.space is not None
    vectors = labels.space.vectors.copy()
    vectors[8] = 3 * vectors[5]
    space = LabelSpace(labels.vocabulary, vectors, labels.counts)
    with torch.no_grad():
        head.weight.zero_()
        head.bias.fill_(-20)
        head.bias[5], head.bias[8] = 20, 30
    decoder = conse_decoder(LabelContext(labels.vocabulary, labels.counts, 100, space), head)
    found, _ = decoder.top(torch.zeros((1, 5)), 2)
    assert set(found[0].tolist()) == {5, 8}


def test_more_guesses_than_there_are_labels_are_not_made(
    labels: LabelContext, head: nn.Linear
) -> None:
    assert conse_decoder(labels, head).guesses == 10
    few = LabelContext(labels.vocabulary, np.eye(12, dtype=np.int64)[2], 100, labels.space)
    assert conse_decoder(few, head).guesses == 1


def test_the_prior_is_added_to_the_ranking_and_not_to_the_guesses(
    labels: LabelContext, head: nn.Linear
) -> None:
    hidden = torch.randn((4, 5), generator=torch.manual_seed(2))
    plain, bias = conse_decoder(labels, head), torch.linspace(-9, 9, 12)
    torch.testing.assert_close(plain.plus(bias).scores(hidden), plain.scores(hidden) + bias)


def test_guesses_that_are_all_hopeless_are_still_mixed(
    labels: LabelContext, head: nn.Linear
) -> None:
    with torch.no_grad():
        head.weight.zero_()
        head.bias.fill_(-80)
    scores = conse_decoder(labels, head).scores(torch.zeros((1, 5)))
    assert not scores.isnan().any()
    assert scores[0, :3].abs().max() > 0


def test_without_a_space_there_is_nothing_to_mix_in(labels: LabelContext, head: nn.Linear) -> None:
    with pytest.raises(UsageError, match="'conse' needs a label space"):
        conse_decoder(LabelContext(labels.vocabulary, labels.counts, 100), head)
