"""Noisy tags: most are missing, some are wrong."""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from labelsphere.arrays import BoolArray, IntArray, SparseRows

_ROUNDS = 100
"""How often a wrong tag is drawn again where the image has the one drawn."""


@dataclass(frozen=True)
class Noise:
    """Noisy tags of some images.

    Attributes:
        matrix: The noisy tags, CSR of the shape given.
        given: Tags that there were, one count for each group of variants and tag.
        kept: How many of them are left.
        wrong: Tags put in.
    """

    matrix: SparseRows
    given: int
    kept: int
    wrong: int


def noisy_tags(
    matrix: SparseRows,
    groups: IntArray,
    counts: IntArray,
    *,
    lost: tuple[float, float],
    wrong: float,
    seed: int,
) -> Noise:
    """Take most tags away, and put a few wrong ones in.

    Of n tags an image keeps n · (1 − s) and gets n · ``wrong`` others, with s drawn for each image
    between the ends of ``lost``. Both numbers are rounded up or down at random, so that they are
    right in the mean: an image of five tags keeps one or none. None is forced to keep one, for
    that would lose fewer tags than was asked for; an image may be left without. Which tags are
    kept is drawn evenly; which are put in, by frequency, from those that the image does not have.

    All of this is drawn once for a group of variants, over the tags that any of them has. A
    variant keeps its own among those that the group keeps, and gets what the group gets.

    Args:
        matrix: The tags, CSR, images × labels.
        groups: Group of each image, (images,).
        counts: How frequent each label is, (labels,); a label of 0 is never put in.
        lost: Least and largest share of the tags that an image loses.
        wrong: Tags put in, as a share of the tags that there were.
        seed: Of all draws.

    Returns:
        The noisy tags; kept ones have the confidence that they had, wrong ones 1.
    """
    random = np.random.default_rng(seed)
    n_labels = matrix.shape[1]
    names, numbers = np.unique(groups, return_inverse=True)
    row_of_tag = np.repeat(np.arange(len(groups)), np.diff(matrix.indptr))
    keys = numbers[row_of_tag] * n_labels + matrix.indices
    pairs = np.unique(keys)
    group_of_pair = pairs // n_labels
    sizes = np.bincount(group_of_pair, minlength=len(names))
    shares = random.uniform(*lost, len(names))
    n_kept = _rounded(sizes * (1 - shares), random)
    n_wrong = np.minimum(
        _rounded(sizes * wrong, random), np.maximum(np.count_nonzero(counts) - sizes, 0)
    )
    kept = pairs[_first_of_each(group_of_pair, n_kept, random)]
    put_in = _drawn(pairs, n_wrong, counts, random)
    left = np.isin(keys, kept)
    # Every variant gets the wrong tags of its group.
    variants = np.argsort(numbers, kind="stable")
    starts = np.searchsorted(numbers[variants], np.arange(len(names) + 1))
    of_group = put_in // n_labels
    n_variants = (starts[1:] - starts[:-1])[of_group]
    within = np.arange(n_variants.sum()) - np.repeat(np.cumsum(n_variants) - n_variants, n_variants)
    rows = variants[np.repeat(starts[of_group], n_variants) + within]
    noisy = csr_array(
        (
            np.concatenate([matrix.data[left], np.ones(len(rows), matrix.dtype)]),
            (
                np.concatenate([row_of_tag[left], rows]),
                np.concatenate([matrix.indices[left], np.repeat(put_in % n_labels, n_variants)]),
            ),
        ),
        shape=matrix.shape,
    )
    noisy.sort_indices()
    return Noise(noisy, len(pairs), len(kept), len(put_in))


def _rounded(numbers: np.ndarray, random: np.random.Generator) -> IntArray:
    """Whole numbers with these means, int64."""
    return np.floor(numbers + random.random(len(numbers))).astype(np.int64)


def _first_of_each(groups: IntArray, count: IntArray, random: np.random.Generator) -> BoolArray:
    """Marks ``count`` random members of each group; ``groups`` is sorted."""
    shuffled = np.lexsort((random.random(len(groups)), groups))
    starts = np.searchsorted(groups, groups)
    marked = np.zeros(len(groups), np.bool_)
    # Sorted by group, a member's distance from its group's start is its rank in it.
    marked[shuffled] = np.arange(len(groups)) - starts < count[groups]
    return marked


def _drawn(
    pairs: IntArray, count: IntArray, counts: IntArray, random: np.random.Generator
) -> IntArray:
    """Draw ``count`` labels for each group that are not among its ``pairs``; returns keys."""
    n_labels = len(counts)
    upper = np.cumsum(counts)
    taken = pairs
    wanted = np.repeat(np.arange(len(count)), count)
    drawn = pairs[:0]
    for _ in range(_ROUNDS):
        if not len(wanted):
            break
        labels = np.searchsorted(upper, random.integers(upper[-1], size=len(wanted)), side="right")
        keys = wanted * n_labels + labels
        _, first = np.unique(keys, return_index=True)
        new = np.zeros(len(keys), np.bool_)
        new[first] = True
        new &= ~np.isin(keys, taken)
        drawn = np.concatenate([drawn, keys[new]])
        taken = np.concatenate([taken, keys[new]])
        wanted = wanted[~new]
    return np.sort(drawn)
