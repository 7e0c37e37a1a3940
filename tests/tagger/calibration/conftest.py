"""Simulated scores of a tagger with a long tail of rare tags."""

from dataclasses import dataclass

import numpy as np
import pytest
from scipy.sparse import csr_array
from scipy.special import expit

from labelsphere.arrays import AnyArray, DoubleArray, IntArray, SparseRows


@dataclass
class Simulated:
    """Scores, the truth, how many training images each tag has, and the true probabilities."""

    scores: AnyArray
    truth: SparseRows
    counts: IntArray
    probabilities: DoubleArray

    def rows(self, start: int, stop: int) -> "Simulated":
        part = slice(start, stop)
        return Simulated(self.scores[part], self.truth[part], self.counts, self.probabilities[part])


def simulate(images: int, labels: int, seed: int = 0) -> Simulated:
    """Log-odds are a bent line in the score, with a bias a tag and one an image."""
    random = np.random.default_rng(seed)
    share = np.exp(random.uniform(np.log(3e-4), np.log(0.1), labels))
    bias = np.log(share) - 1.5 + random.normal(0, 0.6, labels)
    scores = random.normal(0, 2.0, (images, labels)) + random.normal(0, 0.7, (images, 1))
    odds = bias + 0.9 * scores + 0.4 * np.maximum(scores - 2, 0)
    chance = expit(odds)
    truth = random.random((images, labels)) < chance
    # The score stands for the log-odds up to what calibration has to find out.
    raw = 0.5 * (scores + np.log(share)) + 3
    counts = np.maximum(1, np.round(share * 20_000)).astype(np.int64)
    return Simulated(raw.astype(np.float32), csr_array(truth), counts, chance)


@pytest.fixture(scope="session")
def simulated() -> Simulated:
    return simulate(3000, 150)
