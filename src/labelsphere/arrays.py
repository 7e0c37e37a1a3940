"""Array types in interfaces between modules."""

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

FloatArray: TypeAlias = NDArray[np.float32]
"""Dense float32."""

DoubleArray: TypeAlias = NDArray[np.float64]
"""Dense float64: counts, association, spectra and metrics are computed in it."""

IntArray: TypeAlias = NDArray[np.int64]
"""Dense int64: row numbers, label numbers, counts."""

SparseRows: TypeAlias = csr_array[Any, tuple[int, int]]
"""Compressed sparse rows, images × labels unless said otherwise."""

AnyArray: TypeAlias = NDArray[Any]

BoolArray: TypeAlias = NDArray[np.bool_]
"""Dense Boolean."""
