"""The paper's embedding (§3.1): eigenvectors of the association, scaled by their eigenvalues."""

from typing import Any

import numpy as np

from labelsphere.annotations import Annotations
from labelsphere.arrays import FloatArray
from labelsphere.errors import DataError, UsageError
from labelsphere.json_types import Json
from labelsphere.linalg import SparsePlusLowRank, Spectrum, leading_eigenpairs
from labelsphere.space.association import associate, complete_options
from labelsphere.space.cooccurrence import count_cooccurrence
from labelsphere.space.counts import Counts
from labelsphere.space.embedders.checks import TooManyDimensionsError, check_dim, none_placed
from labelsphere.space.embedders.embedding import Embedding

_ROUNDING = {"float64": 2.0**-26, "float32": 2.0**-15}
"""Norms of rows in U up to this are rounding, by the precision of the vectors."""


def embed_by_spectrum(
    tags: Annotations | Counts,
    dim: int | None = None,
    *,
    measure: str = "pmi",
    exponent: float = 0.5,
    limit: int = 4_096,
    **options: Any,
) -> Embedding:
    """E = U·Σ^exponent over the k algebraically largest eigenpairs of the association.

    Args:
        tags: Annotations, counted here, or counts.
        dim: The number of dimensions k. None: ``limit``, or all positive ones if they are fewer.
        measure: Name of the association, see `associate`.
        exponent: 0.5 is the paper's E·Eᵀ = PMI; 0 weighs all directions alike; finite.
        limit: Dimensions that are taken where ``dim`` is None; the paper's 4,096 by default.
        **options: The measure's own.

    Returns:
        The embedding. Labels without any association, and labels of whom the leading directions
        hold nothing beyond rounding, have zero rows.

    Raises:
        UsageError: If ``dim`` is below 1 or above the number of positive eigenvalues, or another
            option is out of range.
        DataError: If no label has any association.
    """
    counts = tags if isinstance(tags, Counts) else count_cooccurrence(tags)
    association = associate(counts, measure, **options)
    if not association.has_values.any():
        why = "each is in no image or in all; expected labels that some images have and others lack"
        raise none_placed(len(counts.vocabulary), measure, why)
    check_dim(limit)
    vectors, facts = embed_matrix(association, dim, exponent, measure, limit)
    return Embedding(
        vectors,
        {
            "exponent": exponent,
            "options": complete_options(measure, options),
            "images": counts.n_images,
            "pairs": counts.n_pairs,
            **facts,
        },
    )


def embed_matrix(
    association: SparsePlusLowRank,
    dim: int | None,
    exponent: float,
    method: str,
    limit: int = 4_096,
) -> tuple[FloatArray, dict[str, Json]]:
    """U·Σ^exponent over the leading eigenpairs of any symmetric matrix of labels.

    Args:
        association: Labels × labels, not zero everywhere.
        dim: The number of dimensions; None: ``limit``, or all positive ones where there are fewer.
        exponent: Of the eigenvalues; finite.
        method: What to call the matrix in errors.
        limit: Dimensions that are taken where ``dim`` is None.

    Returns:
        The vectors, (labels, dimensions) float32, zero where the matrix has a zero row or the
        leading directions hold nothing of a label; and the facts of the spectrum.

    Raises:
        UsageError: If ``dim`` or ``exponent`` is out of range.
        DataError: If no eigenvalue is positive.
    """
    check_dim(dim)
    if not np.isfinite(exponent):
        raise UsageError(f"exponent must be a finite number, but got {exponent}")
    related = association.has_values
    # Labels with zero rows would only add zero eigenvalues, and noise to their own embeddings.
    spectrum = leading_eigenpairs(
        association.select(related), _pairs_to_find(dim, int(related.sum()), limit)
    )
    # Values found are never above those that are there, so that positive ones are so for sure.
    found = spectrum.usable
    if spectrum.positive is not None and not spectrum.estimated:
        found = min(found, spectrum.positive)
    if dim is not None and found < dim:
        how = "found " if spectrum.estimated else ""
        what = f"the number of positive eigenvalues {how}of {method!r} on these tags"
        raise TooManyDimensionsError(found, what, dim)
    if not found:
        raise DataError(f"{method!r} has no positive eigenvalue on these tags: nothing to embed")
    vectors = np.zeros((len(related), found), np.float32)
    vectors[related] = _scaled(spectrum, found, exponent)
    return vectors, {
        "solver": spectrum.solver,
        "positive_eigenvalues": spectrum.positive,
        "positive_share": spectrum.positive_share,
        "captured": spectrum.captured,
        "estimated": spectrum.estimated,
        "converged": spectrum.converged,
        "largest_residual": float(spectrum.residuals.max()),
    }


def _pairs_to_find(dim: int | None, related: int, limit: int) -> int | None:
    """Number of eigenpairs to compute."""
    if dim is None:
        return None if related <= limit else limit
    return min(dim, related)


def _scaled(spectrum: Spectrum, count: int, exponent: float) -> FloatArray:
    """U·Σ^exponent, with rows that hold nothing but rounding set to zero."""
    vectors = spectrum.vectors[:, :count]
    norms = np.sqrt(np.einsum("ij,ij->i", vectors, vectors, dtype=np.float64))
    scaled = vectors.astype(np.float32)
    scaled *= (spectrum.values[:count] ** exponent).astype(np.float32)
    scaled[norms <= _ROUNDING[vectors.dtype.name]] = 0.0
    return scaled
