"""The leading algebraic eigenpairs of a symmetric matrix (§3.1)."""

from labelsphere.linalg.spectrum.leading import Spectrum, leading_eigenpairs

__all__ = ["Spectrum", "leading_eigenpairs"]
