"""Error-correcting output codes (§2, [6]): a word of ±1 for each label, far from all others."""

import numpy as np

from labelsphere.annotations import Annotations
from labelsphere.arrays import FloatArray
from labelsphere.errors import UsageError
from labelsphere.space.counts import Counts
from labelsphere.space.embedders.checks import check_at_least, check_dim, none_placed, occurrences
from labelsphere.space.embedders.embedding import Embedding

_DIM = 512
_ROWS_AT_ONCE = 1024


def embed_by_codes(
    tags: Annotations | Counts, dim: int | None = None, *, tries: int = 10, seed: int = 0
) -> Embedding:
    """Draw random codes several times, and keep those whose two nearest words are farthest apart.

    Dietterich and Bakiri (1995) give one label to an instance; here a set's target is the sum of
    its labels' words, whose signs are the majority of each bit. The decoder ``"hamming"`` counts
    the bits of a point that agree with each word. Loss-based decoding (Allwein, Schapire and
    Singer 2000) takes the word of least loss: with the loss trained for, that is ``"cosine"``.

    Args:
        tags: Annotations or counts, for the labels that there are.
        dim: The number of bits, 512 if None.
        tries: How many draws to choose from.
        seed: Decides the draws.

    Returns:
        The embedding: bits as ±1, over √dim, so that rows have unit norm. Labels of no image have
        zero rows. The fact ``smallest_distance`` is the least number of bits between two words.

    Raises:
        UsageError: If ``dim`` bits have fewer words than there are labels, or an option is out of
            range.
        DataError: If no image has a label.
    """
    check_dim(dim)
    check_at_least("tries", tries, 1)
    check_at_least("seed", seed, 0)
    bits = dim or _DIM
    seen = occurrences(tags) > 0
    words = int(np.count_nonzero(seen))
    if not words:
        raise none_placed(len(seen), "ecoc", "no image has one")
    least = int(words - 1).bit_length()
    if bits < least:
        raise UsageError(
            f"dim must be at least {least}, to give each of {words} labels a word of its own, "
            f"but got {bits}"
        )
    rng = np.random.default_rng(seed)
    best, apart = _distinct_words(rng, words, bits), -1
    for number in range(tries):
        drawn = best if number == 0 else _distinct_words(rng, words, bits)
        distance = smallest_distance(drawn)
        if distance > apart:
            best, apart = drawn, distance
    vectors = np.zeros((len(seen), bits), np.float32)
    vectors[seen] = best / np.sqrt(np.float32(bits))
    return Embedding(
        vectors, {"options": {"tries": tries, "seed": seed}, "smallest_distance": apart}
    )


def smallest_distance(words: FloatArray) -> int:
    """The least number of bits in which two words differ; the number of bits if there is one.

    Args:
        words: (words, bits) float32 of ±1.
    """
    bits = words.shape[1]
    agreement = -bits
    for start in range(0, len(words), _ROWS_AT_ONCE):
        block = words[start : start + _ROWS_AT_ONCE] @ words.T
        np.fill_diagonal(block[:, start:], -bits)
        agreement = max(agreement, int(block.max()))
    return int(bits - agreement) // 2


def _distinct_words(rng: np.random.Generator, words: int, bits: int) -> FloatArray:
    """Random words of ±1, drawn again where two are the same."""
    drawn = rng.integers(0, 2, (words, bits), np.int8)
    while True:
        _, first = np.unique(np.packbits(drawn, axis=1), axis=0, return_index=True)
        again = np.setdiff1d(np.arange(words), first)
        if not len(again):
            return (2 * drawn - 1).astype(np.float32)
        drawn[again] = rng.integers(0, 2, (len(again), bits), np.int8)
