"""Sparse truth: which labels an image really has."""

import numpy as np
from scipy.sparse import csr_array

from labelsphere.arrays import AnyArray, BoolArray, SparseRows
from labelsphere.errors import DataError, UsageError


def binary_truth(truth: SparseRows, shape: tuple[int, int]) -> SparseRows:
    """Truth as sorted rows of ones; what the values were, such as confidences, does not count.

    Args:
        truth: Images × labels; every cell that is not zero is a true tag.
        shape: Images × labels that the scores have.

    Returns:
        CSR of ones, float32, indices sorted, no cell twice, no explicit zeros; a copy.

    Raises:
        UsageError: If the shapes differ.
        DataError: If no image has a true tag: no metric would be defined.
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
