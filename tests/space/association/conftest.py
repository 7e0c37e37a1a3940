"""Counts that every measure is tried on."""

import numpy as np
import pytest
from scipy.sparse import csr_array

from labelsphere.annotations import Annotations, Vocabulary
from labelsphere.space import Counts, count_cooccurrence


@pytest.fixture
def worked_example() -> Counts:
    """Images {a, b}, {a, b}, {a}, {c}: small enough for pencil and paper."""
    return count_cooccurrence(Annotations.from_lists([["a", "b"], ["a", "b"], ["a"], ["c"]]))


@pytest.fixture
def random_counts() -> Counts:
    """40 images × 9 labels; label 7 is in no image, label 8 in all."""
    present = np.random.default_rng(0).random((40, 9)) < np.linspace(0.05, 0.6, 9)
    present[:, 7] = False
    present[:, 8] = True
    return count_cooccurrence(csr_array(present.astype(float)), Vocabulary("abcdefghi"))
