"""Tag sets as they enter counts and sums: which labels an image has, each once."""

import numpy as np
from scipy.sparse import csr_array, issparse

from labelsphere.arrays import SparseRows
from labelsphere.errors import DataError


def confidence_rows(rows: SparseRows) -> SparseRows:
    """A float64 copy with every tag once a row: the largest of its values, zeros left out.

    Args:
        rows: Images × labels; any numeric type, indices in any order.

    Returns:
        CSR, images × labels, float64, sorted indices, values above 0.

    Raises:
        DataError: If a value is negative, NaN or infinite.
    """
    if not issparse(rows) or rows.format != "csr":
        raise DataError(f"tags must be a SciPy CSR array, but got {type(rows).__name__}")
    # Not astype: it would add up the values of a tag that is stored twice.
    arrays = (np.array(rows.data, np.float64), rows.indices.copy(), rows.indptr.copy())
    clean: SparseRows = csr_array(arrays, shape=rows.shape)
    if not np.isfinite(clean.data).all() or (clean.data < 0).any():
        raise DataError("tags must have values of 0 or above; got a negative, NaN or infinite one")
    clean.eliminate_zeros()
    if not clean.has_canonical_format:
        image = np.repeat(np.arange(clean.shape[0]), np.diff(clean.indptr))
        order = np.lexsort((-clean.data, clean.indices, image))
        image, label, value = image[order], clean.indices[order], clean.data[order]
        first = np.ones(len(label), np.bool_)
        first[1:] = (image[1:] != image[:-1]) | (label[1:] != label[:-1])
        clean = csr_array((value[first], (image[first], label[first])), shape=clean.shape)
        clean.sort_indices()
    return clean


def presence_rows(rows: SparseRows) -> SparseRows:
    """The binary vectors v of §3: 1 where an image has a label, whatever the confidence.

    Args:
        rows: Images × labels; any numeric type, indices in any order.

    Returns:
        CSR, images × labels, float64, sorted indices, values 1.

    Raises:
        DataError: If a value is negative, NaN or infinite.
    """
    present = confidence_rows(rows)
    present.data[:] = 1.0
    return present
