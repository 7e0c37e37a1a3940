"""Counting by a dictionary of pairs, which the fast ways must equal."""

from collections import defaultdict
from collections.abc import Callable
from itertools import combinations

import numpy as np
import pytest
from scipy.sparse import csr_array


def _naive_sums(rows: csr_array, weighted: bool) -> np.ndarray:
    """Labels × labels in whole images or steps of confidence, by pairs in a dictionary."""
    sums: dict[tuple[int, int], int] = defaultdict(int)
    for row in rows.toarray():
        steps = {
            label: max(1, round(float(row[label]) * 2**20)) if weighted else 1
            for label in np.flatnonzero(row).tolist()
        }
        for label, count in steps.items():
            sums[label, label] += count
        for left, right in combinations(steps, 2):
            sums[left, right] += min(steps[left], steps[right])
            sums[right, left] += min(steps[left], steps[right])
    dense = np.zeros((rows.shape[1],) * 2)
    for place, count in sums.items():
        dense[place] = count
    return dense


def _some_rows(images: int, labels: int, seed: int, density: float = 0.2) -> csr_array:
    """Confidences of random tags, of common labels and rare ones."""
    random = np.random.default_rng(seed)
    there = random.random((images, labels)) < density / np.arange(1, labels + 1) ** 0.5
    return csr_array((random.random((images, labels)) * there).astype(np.float32))


@pytest.fixture(scope="session")
def naive_sums() -> Callable[[csr_array, bool], np.ndarray]:
    return _naive_sums


@pytest.fixture(scope="session")
def some_rows() -> Callable[..., csr_array]:
    return _some_rows
