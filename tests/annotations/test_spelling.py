import time
import tracemalloc
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelsphere.annotations.spelling import (
    LONGEST,
    SHORTEST,
    SpellingPair,
    fold,
    one_letter_apart,
    similar_spellings,
    singulars,
)

# Few letters and similar lengths, so that neighbours are common.
WORDS = st.text("ab1", min_size=SHORTEST - 1, max_size=SHORTEST + 2)


def distance(one: str, other: str) -> int:
    """Edit distance with swaps of neighbours (optimal string alignment), by the table."""
    table = np.zeros((len(one) + 1, len(other) + 1), int)
    table[:, 0], table[0, :] = range(len(one) + 1), range(len(other) + 1)
    for i in range(1, len(one) + 1):
        for j in range(1, len(other) + 1):
            table[i, j] = min(
                table[i - 1, j] + 1,
                table[i, j - 1] + 1,
                table[i - 1, j - 1] + (one[i - 1] != other[j - 1]),
            )
            if i > 1 and j > 1 and one[i - 2 : i] == other[j - 2 : j][::-1]:
                table[i, j] = min(table[i, j], table[i - 2, j - 2] + 1)
    return int(table[-1, -1])


@given(st.text("abc", max_size=7), st.text("abc", max_size=7))
def test_one_letter_apart_is_distance_one(one: str, other: str) -> None:
    assert one_letter_apart(one, other) == (distance(one, other) == 1)
    assert one_letter_apart(one, other) == one_letter_apart(other, one)


@given(st.lists(WORDS, unique=True, max_size=12))
def test_the_index_finds_what_comparing_all_pairs_finds(words: list[str]) -> None:
    pairs = similar_spellings(words, np.ones(len(words), np.int64))
    assert {(pair.label, pair.other) for pair in pairs} == {
        (one, other)
        for one, other in combinations(sorted(words), 2)
        if min(len(one), len(other)) >= SHORTEST and one_letter_apart(one, other)
    }
    assert all(pair.likeness == "one letter" for pair in pairs)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("T-shirt", "t shirt"),
        ("tshirt", "T_Shirt"),
        ("Café", "cafe"),
        ("Cafe\u0301", "café"),
        ("STRASSE", "straße"),
        ("rock 'n' roll", "rock’n’roll"),
        ("ice\u200bcream", "ice\u00a0cream"),
        ("ｆｕｌｌ", "full"),
    ],
)
def test_case_accents_and_joints_are_folded(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize(("one", "other"), [("か", "が"), ("c", "c++"), ("-", "_"), ("4:3", "43")])
def test_what_makes_another_word_is_not_folded(one: str, other: str) -> None:
    assert fold(one) != fold(other)


@pytest.mark.parametrize(
    ("many", "one"),
    [
        ("dogs", "dog"),
        ("buses", "bus"),
        ("houses", "house"),
        ("berries", "berry"),
        ("cookies", "cookie"),
        ("leaves", "leaf"),
        ("knives", "knife"),
        ("waves", "wave"),
        ("tomatoes", "tomato"),
        ("beaches", "beach"),
    ],
)
def test_plurals_have_their_singular(many: str, one: str) -> None:
    assert one in singulars(many)


@pytest.mark.parametrize("word", ["dog", "glass", "as", "its"])
def test_not_all_words_are_plurals(word: str) -> None:
    assert singulars(word) == set()


def test_pairs_are_told_with_their_counts() -> None:
    counts = {"T-shirt": 5, "t shirt": 9, "tshirt": 2, "Dog": 3, "dogs": 30, "giraffe": 8}
    counts |= {"girafe": 1, "route 66": 1, "route 67": 1, "cat": 4, "car": 4}
    pairs = similar_spellings(list(counts), np.array(list(counts.values())))
    assert pairs == [
        SpellingPair("t shirt", "tshirt", 9, 2, "same letters"),
        SpellingPair("t shirt", "T-shirt", 9, 5, "same letters"),
        SpellingPair("dogs", "Dog", 30, 3, "plural"),
        SpellingPair("giraffe", "girafe", 8, 1, "one letter"),
    ]


def test_a_plural_is_not_told_twice() -> None:
    (pair,) = similar_spellings(["mountain", "mountains"], np.array([2, 1]))
    assert pair.likeness == "plural"


def test_captions_take_memory_by_their_length_alone() -> None:
    words = np.random.default_rng(0).choice(list("abcdefgh "), (3000, 1000))
    captions = ["".join(word) for word in words]
    # Two that a letter parts: longer than any tag, and so not compared letter by letter.
    captions += [captions[0] + "x", captions[0].upper()]
    tracemalloc.start()
    pairs = similar_spellings(captions, np.ones(len(captions), np.int64))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [pair.likeness for pair in pairs] == ["same letters"]
    assert peak < 100e6


def test_the_longest_compared_labels() -> None:
    label = "a" * LONGEST
    for length, found in ((LONGEST - 1, 1), (LONGEST, 0)):
        names = [label[:length] + "b", label[:length] + "c"]
        assert len(similar_spellings(names, np.ones(2, np.int64))) == found


def test_numbered_labels_take_time_by_their_number_alone() -> None:
    names = [f"tag{number:06d}" for number in range(20_000)]
    start = time.process_time()
    assert similar_spellings(names, np.ones(len(names), np.int64)) == []
    # Each pair that differs in one digit was compared before: over a million, in 10 s and more.
    assert time.process_time() - start < 5
