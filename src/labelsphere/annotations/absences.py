"""Known absences: tags that an annotator looked for and did not find in an image."""

import numpy as np
import polars as pl
from scipy.sparse import csr_array

from labelsphere.annotations.assembly import assemble
from labelsphere.annotations.columns import move_columns
from labelsphere.annotations.report import ReadReport
from labelsphere.annotations.vocabulary import Vocabulary
from labelsphere.arrays import IntArray, SparseRows


def absent_rows(
    tags: pl.DataFrame | None, n_images: int, vocabulary: Vocabulary
) -> SparseRows | None:
    """Convert known absences to sparse rows.

    Args:
        tags: Frame of ``row`` and ``tag``, one row per known absence, or None. Tags outside the
            vocabulary are left out.
        n_images: Number of images.
        vocabulary: The labels.

    Returns:
        CSR, images × labels, float32 ones, sorted indices; None if no absence is known.
    """
    if tags is None or not tags.height:
        return None
    _, matrix = assemble(
        tags["row"].to_numpy(),
        tags["tag"],
        None,
        n_images=n_images,
        vocabulary=vocabulary,
        report=ReadReport(),
    )
    return matrix if matrix.nnz else None


def without_present(absent: SparseRows, matrix: SparseRows) -> SparseRows:
    """Remove absences that an annotation contradicts.

    Args:
        absent: CSR, images × labels.
        matrix: The annotations, CSR of the same shape.

    Returns:
        CSR, float32 ones, sorted indices.

    Examples:
        >>> absent = csr_array([[1.0, 1.0, 0.0]], dtype=np.float32)
        >>> tags = csr_array([[0.0, 0.5, 0.0]], dtype=np.float32)
        >>> without_present(absent, tags).toarray().tolist()
        [[1.0, 0.0, 0.0]]
    """
    width = np.int64(max(absent.shape[1], 1))
    keys = _keys(absent, width)
    kept = np.unique(keys[(absent.data != 0) & ~np.isin(keys, _keys(matrix, width))])
    rows, columns = np.divmod(kept, width)
    ends = np.searchsorted(rows, np.arange(absent.shape[0] + 1))
    return csr_array((np.ones(len(kept), np.float32), columns, ends), shape=absent.shape)


def move_absences(absent: SparseRows, targets: IntArray, width: int) -> SparseRows:
    """Move known absences to the columns of another vocabulary.

    A merged tag is absent only where all its tags are absent: an image without a kitten may show a
    cat.

    Args:
        absent: CSR, images × labels, ones.
        targets: (labels,) int64, the new column of each label, -1 to leave it out.
        width: New number of columns.

    Returns:
        CSR, images × ``width``, float32 ones, sorted indices.

    Examples:
        >>> absent = csr_array([[1.0, 1.0, 1.0], [1.0, 0.0, 0.0]], dtype=np.float32)
        >>> move_absences(absent, np.array([0, 0, 1]), 2).toarray().tolist()
        [[1.0, 1.0], [0.0, 0.0]]
    """
    kept = targets >= 0
    needed = np.bincount(targets[kept], minlength=width)
    moves: SparseRows = csr_array(
        (np.ones(int(kept.sum()), np.float32), (np.flatnonzero(kept), targets[kept])),
        shape=(len(targets), width),
    )
    known: SparseRows = csr_array(absent @ moves)
    known.data = np.where(known.data >= needed[known.indices], 1, 0).astype(np.float32)
    known.eliminate_zeros()
    return move_columns(known, np.arange(width), width)


def _keys(matrix: SparseRows, width: np.int64) -> IntArray:
    rows = np.repeat(np.arange(matrix.shape[0], dtype=np.int64), np.diff(matrix.indptr))
    return rows * width + matrix.indices
