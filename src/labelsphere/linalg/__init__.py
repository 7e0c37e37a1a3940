"""Linear algebra that knows nothing of labels."""

from typing import TYPE_CHECKING

from labelsphere.lazy_names import names_from

if TYPE_CHECKING:
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

__getattr__ = names_from(
    __name__,
    {
        "ApproximateSearch": "approximate_search",
        "SparsePlusLowRank": "sparse_plus_low_rank",
        "Spectrum": "spectrum",
        "leading_eigenpairs": "spectrum",
        "top_k": "exact_search",
        "with_unit_rows": "unit_rows",
    },
)
