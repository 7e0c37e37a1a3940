"""Moving of columns of annotations, for another vocabulary or merged tags."""

import numpy as np
from scipy.sparse import csr_array

from labelsphere.arrays import IntArray, SparseRows


def move_columns(matrix: SparseRows, targets: IntArray, width: int) -> SparseRows:
    """Move each column's values to another column; merged columns keep the larger value.

    An image with two tags that are merged has the merged tag once.

    Args:
        matrix: CSR, images × labels, no value below 0.
        targets: (labels,) int64, the new column of each label, -1 to leave it out.
        width: New number of columns.

    Returns:
        CSR, images × ``width``, float32, sorted indices.

    Examples:
        >>> tags = csr_array([[0.5, 1.0, 1.0]], dtype=np.float32)
        >>> move_columns(tags, np.array([1, 1, -1]), 2).toarray().tolist()
        [[0.0, 1.0]]
    """
    rows = np.repeat(np.arange(matrix.shape[0], dtype=np.int64), np.diff(matrix.indptr))
    columns = targets[matrix.indices]
    kept = columns >= 0
    rows, columns, values = rows[kept], columns[kept], matrix.data[kept]
    # Of equal targets, the largest value comes first and is kept.
    order = np.lexsort((-values, columns, rows))
    rows, columns, values = rows[order], columns[order], values[order]
    first = np.ones(len(rows), np.bool_)
    first[1:] = (np.diff(rows) != 0) | (np.diff(columns) != 0)
    ends = np.searchsorted(rows[first], np.arange(matrix.shape[0] + 1))
    return csr_array(
        (values[first].astype(np.float32), columns[first], ends), shape=(matrix.shape[0], width)
    )
