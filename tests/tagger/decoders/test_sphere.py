"""The recommended decoder against its formula, with and without log-odds of a classifier."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
import torch
from scipy.sparse import csr_array

from labelsphere.annotations import Vocabulary
from labelsphere.space import LabelSpace
from labelsphere.tagger.decoders import DECODERS, DecoderWeights, NewLabelWeights
from labelsphere.tagger.label_context import LabelContext
from labelsphere.tagger.tag_sets import TagSets

COUNTS = np.array([5, 1, 3, 9, 1, 1, 2])
SETS = np.array([[1, 0, 1, 0, 0, 0, 0], [0, 0, 0, 1, 0, 0, 0], [0, 0, 1, 1, 0, 0, 1]], np.float32)
Spaces = Callable[..., LabelSpace]


def context(space: LabelSpace) -> LabelContext:
    return LabelContext(space.vocabulary, COUNTS, 9, space, TagSets.from_rows(csr_array(SETS)))


def log_odds_of_sets(space: LabelSpace, points: np.ndarray, kappa: float) -> np.ndarray:
    sums = SETS.astype(np.float64) @ space.vectors
    sums /= np.linalg.norm(sums, axis=1, keepdims=True)
    unit = points / np.linalg.norm(points, axis=1, keepdims=True)
    likely = np.exp(kappa * unit @ sums.T)
    likely /= likely.sum(axis=1, keepdims=True)
    mixed = 0.999 * likely @ SETS + 0.001 * (COUNTS + 0.5) / 10
    return np.log(mixed / (1 - mixed))


@pytest.mark.parametrize("specific", [False, True])
def test_is_the_sum_of_the_documented_terms(random_space: Spaces, specific: bool) -> None:
    space, head = random_space(1), torch.nn.Linear(6, 4 + 7)
    features = torch.randn((5, 6), generator=torch.manual_seed(0))
    outputs = head(features).detach().double().numpy()
    weights = DecoderWeights((0.4, 0.7), 0.2, -1.5, 6.0)
    gamma = -1.5 if specific else 0.2
    expected = (
        0.4 * outputs[:, 4:]
        + 0.7 * log_odds_of_sets(space, outputs[:, :4], 6.0)
        + gamma * np.log((COUNTS + 0.5) / 10)
    )
    decoder = DECODERS["sphere"].build(context(space), head, weights, specific=specific)
    np.testing.assert_allclose(decoder.scores(features), expected, atol=1e-4)


def test_a_head_of_points_alone_has_the_log_odds_of_its_training(random_space: Spaces) -> None:
    space, head = random_space(1, unplaced=(2,)), torch.nn.Linear(6, 4)
    features = torch.randn((5, 6), generator=torch.manual_seed(0))
    kind = DECODERS["sphere"]
    defaults = kind.default_weights(context(space), head)
    assert defaults.terms == (0.5, 0.5)
    assert defaults.concentration is not None
    points = head(features).detach().double().numpy()
    share = (COUNTS + 0.5) / 10
    lengths = np.linalg.norm(space.vectors.astype(np.float64), axis=1)
    units = space.vectors / np.where(lengths, lengths, 1)[:, None]
    evidence = points @ units.T + np.log(share / (1 - share))
    for weights in (defaults, DecoderWeights((0.7, 0.0), 0.3, 0.0, 6.0)):
        sets = log_odds_of_sets(space, points, weights.concentration or 0.0)
        expected = weights.terms[0] * evidence + weights.terms[1] * sets
        expected += weights.prior * np.log(share)
        scores = kind.build(context(space), head, weights).scores(features)
        np.testing.assert_allclose(scores, expected, atol=5e-3)  # float32 near a probability of 1


@pytest.mark.parametrize("outputs", [4, 4 + 7])
def test_new_labels_are_scored_by_the_point_and_the_others_as_before(
    random_space: Spaces, outputs: int
) -> None:
    space, head = random_space(1), torch.nn.Linear(6, outputs)
    features = torch.randn((5, 6), generator=torch.manual_seed(0))
    before, kind = context(space), DECODERS["sphere"]
    weights = DecoderWeights((0.4, 0.7), 0.2, -1.5, 6.0, NewLabelWeights(0.9, 0.3, -0.4))
    larger = LabelSpace(
        Vocabulary(["new", *space.vocabulary, "nowhere"]),
        np.vstack([np.ones((1, 4), np.float32), space.vectors, np.zeros((1, 4), np.float32)]),
        np.array([3, *space.counts, 3]),
    )
    after = before.with_space(larger)
    scores = kind.build(after, head, weights).scores(features).numpy()
    expected = kind.build(before, head, weights).scores(features).numpy()
    np.testing.assert_allclose(scores[:, 1:8], expected, atol=1e-5)
    assert np.isneginf(scores[:, 8]).all()
    points = head(features).detach().double().numpy()[:, :4]
    share = 3.5 / 10
    direct = points @ np.full(4, 0.5) + np.log(share / (1 - share))
    new = 0.9 * direct + 0.3 * np.log(share) - 0.4
    np.testing.assert_allclose(scores[:, 0], new, atol=1e-4)
    specific = kind.build(after, head, weights, specific=True).scores(features).numpy()
    moved = (-1.5 - 0.2) * np.log((after.counts + 0.5) / 10)
    np.testing.assert_allclose(
        specific[:, :8] - scores[:, :8], np.tile(moved[:8], (5, 1)), atol=1e-4
    )
    # Without fitted weights the evidence stands in for all terms.
    plain = replace(weights, new_labels=None)
    scores = kind.build(after, head, plain).scores(features).numpy()
    new = sum(weights.terms) * direct + 0.2 * np.log(share)
    np.testing.assert_allclose(scores[:, 0], new, atol=1e-4)
