"""Sparse truth: the labels of each image."""

import numpy as np
from scipy.sparse import csr_array

from labelsphere.arrays import AnyArray, BoolArray, SparseRows
from labelsphere.errors import DataError, UsageError


def binary_truth(truth: SparseRows, shape: tuple[int, int]) -> SparseRows:
    """Convert truth to sorted rows of ones; values such as confidences are ignored.

    Args:
        truth: Images × labels; nonzero cells are true tags.
        shape: Shape of the scores, images × labels.

    Returns:
        A copy: CSR of ones, float32, sorted distinct indices, no explicit zeros.

    Raises:
        UsageError: If the shapes differ.
        DataError: If no image has a true tag, so that no metric is defined.
    """
    if tuple(truth.shape) != tuple(shape):
        raise UsageError(
            f"truth must be images × labels {tuple(shape)} like the scores, "
            f"but got {tuple(truth.shape)}"
        )
    rows = csr_array(truth).astype(np.float32)
    rows.sum_duplicates()
    rows.eliminate_zeros()
    rows.data[:] = 1
    if not rows.nnz:
        raise DataError(
            f"none of the {shape[0]} images has a true tag; expected at least one: check the "
            "split and that truth and vocabulary fit together"
        )
    return rows


def find_hits(top: AnyArray, truth: SparseRows) -> BoolArray:
    """Find the predictions that are true.

    Args:
        top: (images, depth) label numbers.
        truth: CSR, images × labels, sorted indices, no explicit zeros.

    Returns:
        (images, depth) bool.
    """
    n_images, n_labels = truth.shape
    offsets = np.arange(n_images, dtype=np.int64) * n_labels
    true_cells = np.repeat(offsets, np.diff(truth.indptr)) + truth.indices
    cells = top + offsets[:, None]
    positions = np.searchsorted(true_cells, cells)
    positions[positions == len(true_cells)] = 0
    hits: BoolArray = (
        true_cells[positions] == cells if len(true_cells) else np.zeros(cells.shape, bool)
    )
    return hits
