"""Counting how often labels occur, alone and together (§3.1)."""

from collections.abc import Sequence

from labelsphere.annotations import Annotations, Vocabulary
from labelsphere.arrays import SparseRows
from labelsphere.errors import UsageError
from labelsphere.space.counting import STEP, PairCounter
from labelsphere.space.counts import Counts

__all__ = ["Counts", "count_cooccurrence"]


def count_cooccurrence(
    tags: Annotations | SparseRows,
    vocabulary: Vocabulary | Sequence[str] | None = None,
    *,
    weighted: bool = False,
) -> Counts:
    """Count labels and pairs of labels over images: Yᵀ·Y for the binary Y.

    Args:
        tags: Annotations, or CSR images × labels. Values are confidences.
        vocabulary: The labels of a CSR; annotations bring their own.
        weighted: False: an image with a tag counts 1, whatever its confidence. True: it counts
            its confidence, and a pair the smaller of its two, so that a label with itself
            counts its own confidence and no pair counts more than either label. Confidences are
            rounded to multiples of 2⁻²⁰, at least one of them, so that sums are exact.

    Returns:
        The counts.

    Raises:
        UsageError: If the vocabulary is missing, given twice, or of another size.
        DataError: If a value of the CSR is negative or not finite, or above 1 where weighted.
    """
    if isinstance(tags, Annotations):
        if vocabulary is not None:
            raise UsageError("annotations have a vocabulary of their own; give none beside them")
        vocabulary, matrix = tags.vocabulary, tags.matrix
    elif vocabulary is None:
        raise UsageError("a sparse matrix does not name its labels; give a vocabulary with it")
    else:
        vocabulary = vocabulary if isinstance(vocabulary, Vocabulary) else Vocabulary(vocabulary)
        matrix = tags
    if matrix.shape[1] != len(vocabulary):
        raise UsageError(
            f"tags have {matrix.shape[1]} columns, the vocabulary {len(vocabulary)} labels; "
            "expected one column a label"
        )
    counter = PairCounter(len(vocabulary), weighted=weighted)
    counter.add(matrix)
    return counted(counter, vocabulary)


def counted(counter: PairCounter, vocabulary: Vocabulary) -> Counts:
    """What a counter has counted.

    Args:
        counter: Of as many labels as the vocabulary has.
        vocabulary: The names of its labels.
    """
    step = STEP if counter.weighted else 1.0
    images = float(counter.n_images)
    return Counts.trusted(vocabulary, counter.joint(), images, counter.weighted, step)
