"""Random cases and the plainest possible ranking, for the references in these tests."""

from collections.abc import Callable

import numpy as np
import pytest
from scipy.sparse import csr_array

from labelsphere.arrays import AnyArray
from labelsphere.metrics import DenseScores, Ranking

Case = tuple[AnyArray, AnyArray]


@pytest.fixture(scope="session")
def random_case() -> Callable[..., Case]:
    """Scores and dense truth; with ties, scores take six values, one of them -inf."""

    def make(seed: int, images: int = 12, labels: int = 9, *, ties: bool = True) -> Case:
        rng = np.random.default_rng(seed)
        truth = rng.random((images, labels)) < rng.uniform(0.05, 0.5)
        truth[rng.integers(images), rng.integers(labels)] = True
        if ties:
            values = np.array([-np.inf, -1.5, -0.0, 0.0, 0.25, 3.0], np.float32)
            return rng.choice(values, (images, labels)), truth
        cells = rng.permutation(images * labels).reshape(images, labels)
        return (cells / 7 + truth * 2.05).astype(np.float32), truth

    return make


@pytest.fixture(scope="session")
def rank() -> Callable[..., Ranking]:
    """The ranking under test of dense scores and truth."""

    def make(scores: AnyArray, truth: AnyArray) -> Ranking:
        return Ranking.from_scores(DenseScores(scores), csr_array(truth))

    return make


@pytest.fixture(scope="session")
def ranked_lists() -> Callable[[AnyArray], list[list[int]]]:
    """For each image its labels by falling score, equal ones by rising number."""

    def make(scores: AnyArray) -> list[list[int]]:
        return [
            sorted(range(len(row)), key=lambda label: (-row[label], label))
            for row in scores.tolist()
        ]

    return make
