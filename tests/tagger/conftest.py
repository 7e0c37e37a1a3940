"""Annotations, networks and features that are small enough for a training in a test."""

from collections.abc import Callable

import numpy as np
import pytest
import torch
from scipy.sparse import csr_array, random_array

from labelsphere.annotations import Annotations, Vocabulary
from labelsphere.arrays import AnyArray, SparseRows
from labelsphere.space import LabelSpace
from labelsphere.tagger import Architecture

TINY = Architecture("resnet10t", {"channels": (8, 16, 32, 64)})


@pytest.fixture
def tiny() -> Architecture:
    """The smallest convolutional network in use here."""
    return TINY


@pytest.fixture(scope="session")
def random_rows() -> Callable[..., SparseRows]:
    """Sparse labels with confidences, the first and the last two images without any."""

    def make(seed: int, images: int = 9, labels: int = 7) -> SparseRows:
        random = np.random.default_rng(seed)
        dense = random_array((images, labels), density=0.4, random_state=random).toarray()
        dense[[0, -2, -1]] = 0
        return csr_array(dense.astype(np.float32))

    return make


@pytest.fixture(scope="session")
def random_space() -> Callable[..., LabelSpace]:
    """A label space with random places; labels without one can be named."""

    def make(
        seed: int, labels: int = 7, dim: int = 4, unplaced: tuple[int, ...] = ()
    ) -> LabelSpace:
        random = np.random.default_rng(seed)
        vectors = random.normal(size=(labels, dim)).astype(np.float32)
        vectors[list(unplaced)] = 0
        counts = random.integers(1, 50, labels)
        counts[list(unplaced)] = 0
        return LabelSpace(Vocabulary([f"tag {i}" for i in range(labels)]), vectors, counts, {})

    return make


@pytest.fixture(scope="session")
def planted_features() -> Callable[..., tuple[Annotations, AnyArray]]:
    """Feature vectors that say, through noise, which of twelve tags they have."""

    def make(
        rows: int = 400, labels: int = 12, width: int = 20, seed: int = 0, noise: float = 0.1
    ) -> tuple[Annotations, AnyArray]:
        random = np.random.default_rng(seed)
        # Tags come in pairs, so that there is something to embed.
        pairs = random.integers(0, labels // 2, (rows, 2))
        truth = np.zeros((rows, labels))
        for row, pair in enumerate(pairs):
            for number in pair:
                truth[row, [2 * number, 2 * number + 1]] = random.random(2) < 0.9
        truth[truth.sum(axis=1) == 0, 0] = 1
        mixing = random.normal(size=(labels, width))
        features = truth @ mixing + noise * random.normal(size=(rows, width))
        names = [f"tag {i:02d}" for i in range(labels)]
        lists = [[names[i] for i in np.flatnonzero(row)] for row in truth]
        annotations = Annotations.from_lists(lists, vocabulary=Vocabulary(names))
        return annotations, features.astype(np.float32)

    return make


@pytest.fixture(autouse=True)
def one_thread() -> None:
    """Tiny networks are fastest so, and sums are taken in one order."""
    torch.set_num_threads(1)
