"""Linear algebra that knows nothing of labels."""

from labelsphere.linalg.approximate_search import ApproximateSearch
from labelsphere.linalg.exact_search import top_k
from labelsphere.linalg.sparse_plus_low_rank import SparsePlusLowRank
from labelsphere.linalg.spectrum import Spectrum, leading_eigenpairs
from labelsphere.linalg.unit_rows import with_unit_rows

__all__ = [
    "ApproximateSearch",
    "SparsePlusLowRank",
    "Spectrum",
    "leading_eigenpairs",
    "top_k",
    "with_unit_rows",
]
