"""Weights learned from the tags: eyes that see count, eyes that see nothing do not."""

import numpy as np
import pytest

from labelsphere.annotations import Annotations
from labelsphere.space.audit import CountEvidence, blend_weights

RANDOM = np.random.default_rng(0)
BLOCK = RANDOM.random((400, 1)) < 0.5
GIVEN = RANDOM.random((400, 12)) < np.where(BLOCK, [0.5] * 6 + [0.1] * 6, [0.1] * 6 + [0.5] * 6)
TAGS = Annotations.from_lists([[f"tag {k:02}" for k in np.flatnonzero(row)] for row in GIVEN])


class Scores:
    """Scores of images as a tagger gives them."""

    def __init__(self, values: np.ndarray) -> None:
        self.values = values.astype(np.float32)

    def rows(self, start: int, stop: int) -> np.ndarray:
        return self.values[start:stop]


def weights(scores: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    log_prior = np.log(TAGS.label_counts() / TAGS.n_images)
    evidence = CountEvidence(TAGS)
    return blend_weights(TAGS, evidence, evidence, Scores(scores), log_prior)


@pytest.mark.parametrize("scale", [1.0, 10.0])
def test_a_tagger_that_sees_counts_whatever_the_unit_of_its_scores(scale: float) -> None:
    seen = (2.0 * GIVEN + RANDOM.normal(size=GIVEN.shape)) * scale
    fit, support = weights(seen)
    assert fit.shape == (2,)
    assert support.shape == (3,)
    assert fit[1] * scale > 1.0
    assert support[2] * scale > 1.0
    # The other tags go on counting beside it.
    assert fit[0] > 0.2


def test_a_tagger_that_sees_nothing_counts_next_to_nothing() -> None:
    fit, support = weights(RANDOM.normal(size=GIVEN.shape))
    assert fit[1] < 0.1
    assert support[2] < 0.1
    assert fit[0] > 0.2
