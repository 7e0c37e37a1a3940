"""Words of ±1: distinct, far apart, and able to correct errors."""

from itertools import combinations
from typing import Any

import numpy as np
import pytest

from labelsphere.annotations import Annotations
from labelsphere.errors import UsageError
from labelsphere.space.embedders import ecoc
from labelsphere.space.embedders.ecoc import embed_by_codes, smallest_distance


def least_distance(words: np.ndarray) -> int:
    return min(int(np.sum(a != b)) for a, b in combinations(words, 2))


def test_bits_are_plus_or_minus_one_over_the_root_of_dim(planted: Any) -> None:
    vectors = embed_by_codes(planted.tags, 64).vectors[:48]
    assert set(np.unique(vectors * 8).tolist()) == {-1.0, 1.0}
    assert abs((vectors > 0).mean() - 0.5) < 0.05


@pytest.mark.parametrize("block", [5, 1024])
def test_the_smallest_distance_is_that_of_all_pairs(
    block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ecoc, "_ROWS_AT_ONCE", block)
    rng = np.random.default_rng(0)
    for words, bits in ((2, 3), (12, 9), (13, 40)):
        drawn = (2 * rng.integers(0, 2, (words, bits)) - 1).astype(np.float32)
        assert smallest_distance(drawn) == least_distance(drawn)
    assert smallest_distance(np.ones((1, 9), np.float32)) == 9


def test_the_best_of_more_draws_is_at_least_as_far_apart(planted: Any) -> None:
    apart = []
    for tries in (1, 3, 30):
        embedding = embed_by_codes(planted.tags, 32, tries=tries)
        assert embedding.facts["smallest_distance"] == least_distance(embedding.vectors[:48])
        apart.append(embedding.facts["smallest_distance"])
    assert apart[0] <= apart[1] <= apart[2]
    assert apart[0] < apart[2]


def test_less_than_half_the_distance_of_wrong_bits_is_corrected(planted: Any) -> None:
    embedding = embed_by_codes(planted.tags, 64)
    words = np.sign(embedding.vectors[:48])
    wrong = (embedding.facts["smallest_distance"] - 1) // 2
    assert wrong >= 5
    rng = np.random.default_rng(0)
    for number, word in enumerate(words):
        flipped = rng.choice(64, wrong, replace=False)
        received = word.copy()
        received[flipped] *= -1
        assert np.argmin((received != words).sum(axis=1)) == number


def test_the_least_bits_that_suffice_give_each_label_its_own_word(planted: Any) -> None:
    vectors = embed_by_codes(planted.tags, 6).vectors[:48]
    assert len(np.unique(vectors, axis=0)) == 48
    with pytest.raises(UsageError, match=r"at least 6, to give each of 48 labels .* but got 5"):
        embed_by_codes(planted.tags, 5)


def test_one_label_needs_no_bit_to_tell_it_from_others() -> None:
    assert embed_by_codes(Annotations.from_lists([["a"]]), 1).vectors.shape == (1, 1)


def test_no_try_at_all_is_refused(planted: Any) -> None:
    with pytest.raises(UsageError, match="tries must be at least 1, but got 0"):
        embed_by_codes(planted.tags, tries=0)
