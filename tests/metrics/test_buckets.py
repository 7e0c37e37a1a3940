import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelsphere.errors import UsageError
from labelsphere.metrics.buckets import frequency_buckets


def test_borders_by_hand() -> None:
    counts = np.array([0, 1, 9, 10, 29, 30, 99, 100, 999, 1000, 10**7])
    members = {name: counts[mask].tolist() for name, mask in frequency_buckets(counts).items()}
    assert members == {
        "0": [0],
        "1-9": [1, 9],
        "10-29": [10, 29],
        "30-99": [30, 99],
        "100-999": [100, 999],
        "1000+": [1000, 10**7],
    }


def test_buckets_without_labels_are_left_out() -> None:
    assert list(frequency_buckets(np.array([5, 2000]))) == ["1-9", "1000+"]


def test_own_edges() -> None:
    assert list(frequency_buckets(np.array([0, 4, 5, 6]), edges=(5, 6))) == ["0-4", "5", "6+"]


@given(
    counts=st.lists(st.integers(0, 2000), min_size=1),
    edges=st.lists(st.integers(1, 2000), unique=True, max_size=5).map(sorted),
)
def test_each_label_is_in_one_bucket(counts: list[int], edges: list[int]) -> None:
    masks = list(frequency_buckets(np.array(counts), edges).values())
    assert (np.sum(masks, axis=0) == 1).all()


@pytest.mark.parametrize("edges", [(0, 5), (5, 5), (9, 3), (-1,)])
def test_edges_that_do_not_rise_are_refused(edges: tuple[int, ...]) -> None:
    with pytest.raises(UsageError, match="edges must rise"):
        frequency_buckets(np.array([1]), edges)
