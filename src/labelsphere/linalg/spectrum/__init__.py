"""The leading algebraic eigenpairs of a symmetric matrix (§3.1)."""

from typing import TYPE_CHECKING

from labelsphere.lazy_names import names_from

if TYPE_CHECKING:
    from labelsphere.linalg.spectrum.eigenpairs import Spectrum
    from labelsphere.linalg.spectrum.leading import leading_eigenpairs

__all__ = ["Spectrum", "leading_eigenpairs"]

__getattr__ = names_from(
    __name__,
    {
        "Spectrum": "eigenpairs",
        "leading_eigenpairs": "leading",
    },
)
