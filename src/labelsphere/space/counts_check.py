"""Checks that a matrix can be the counts of some images."""

import numpy as np
from scipy.sparse import csr_array, issparse

from labelsphere.annotations import Vocabulary
from labelsphere.arrays import AnyArray, SparseRows
from labelsphere.errors import DataError
from labelsphere.space.fixed_point import LARGEST_SUM


def check_counts(vocabulary: Vocabulary, joint: SparseRows, n_images: float, step: float) -> None:
    """Check that a matrix can be counts, see `Counts`.

    Raises:
        DataError: If it cannot; the message names the first pair of labels that is wrong.
    """
    size = len(vocabulary)
    if not issparse(joint) or joint.format != "csr":
        raise DataError(f"counts must be a SciPy CSR array, but got {type(joint).__name__}")
    if joint.shape != (size, size):
        raise DataError(f"counts must be {size} × {size} labels, but got {joint.shape}")
    if not 0 < step <= 1 or not np.log2(step).is_integer():
        raise DataError(f"the step of counts must be 1, 1/2, 1/4 …, but got {step}")
    if not joint.has_canonical_format:
        raise DataError("counts must have sorted indices, each pair once; sum its duplicates")
    data = joint.data
    # NaN is neither above 0 nor below: least and greatest find it, and infinity.
    if len(data) and not (data.min() >= 0 and np.isfinite(data.max())):
        wrong = _pair(vocabulary, joint, ~(data >= 0) | ~np.isfinite(data))
        raise DataError(f"{wrong}: counts must be 0 or above; got a negative, NaN or infinite one")
    check_images(n_images, step)
    if not _is_whole(data, step) or not _is_whole(np.array([n_images]), step):
        steps = data / step
        what = "whole numbers of images" if step == 1 else f"whole multiples of {step:g}"
        wrong = _pair(vocabulary, joint, steps != np.rint(steps)) or "the number of images"
        raise DataError(f"{wrong}: counts must be {what}, but got a fraction")
    _check_symmetry(vocabulary, joint)
    once = joint.diagonal()
    if size and once.max() > n_images:
        label = vocabulary[int(np.argmax(once))]
        raise DataError(
            f"label {label!r} occurs in more images ({once.max():g}) than the {n_images:g} counted"
        )
    filled = np.flatnonzero(np.diff(joint.indptr))
    most = np.maximum.reduceat(data, joint.indptr[filled]) if len(filled) else np.empty(0)
    if (most > once[filled]).any():
        row = int(filled[np.argmax(most > once[filled])])
        column = int(joint.indices[joint.indptr[row] + np.argmax(joint[[row]].data)])
        raise DataError(
            f"{name_of_pair(vocabulary, row, column)} occur together more often than one of them "
            "occurs at all"
        )


def check_images(n_images: float, step: float) -> None:
    """Check that sums over so many images are exact.

    Raises:
        DataError: If they are not, or the number is negative or not finite.
    """
    if not 0 <= n_images <= LARGEST_SUM * step:
        raise DataError(
            f"the number of images must be from 0 to {LARGEST_SUM * step:g}, but got {n_images:g}"
        )


def name_of_pair(vocabulary: Vocabulary, row: int, column: int) -> str:
    """Name an entry of the counts in a message."""
    if row == column:
        return f"label {vocabulary[row]!r}"
    return f"labels {vocabulary[row]!r} and {vocabulary[column]!r}"


def _is_whole(values: AnyArray, step: float) -> bool:
    # In blocks, so that nothing of the size of the counts is made beside them.
    blocks = (values[start : start + (1 << 16)] / step for start in range(0, len(values), 1 << 16))
    return all((block == np.floor(block)).all() for block in blocks)


def _check_symmetry(vocabulary: Vocabulary, joint: SparseRows) -> None:
    mirror: SparseRows = csr_array(joint.T.tocsr())
    same = np.array_equal(joint.indptr, mirror.indptr) and np.array_equal(
        joint.indices, mirror.indices
    )
    if same and np.array_equal(joint.data, mirror.data):
        return
    apart: SparseRows = csr_array(joint - mirror)
    # Zeros that are stored on one side alone do no harm.
    wrong = _pair(vocabulary, apart, apart.data != 0)
    if wrong:
        raise DataError(f"{wrong}: counts must be symmetric, a with b as often as b with a")


def _pair(vocabulary: Vocabulary, joint: SparseRows, wrong: AnyArray) -> str:
    """The first pair for which ``wrong`` holds; empty if there is none."""
    found = np.flatnonzero(wrong)
    if not len(found):
        return ""
    row = int(np.searchsorted(joint.indptr, found[0], side="right")) - 1
    return name_of_pair(vocabulary, row, int(joint.indices[found[0]]))
