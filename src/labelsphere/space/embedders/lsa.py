"""Latent semantic analysis (§2, [9]): singular vectors of the weighted image × tag matrix."""

import numpy as np
from scipy.sparse import csr_array, dia_array

from labelsphere.annotations import Annotations
from labelsphere.arrays import SparseRows
from labelsphere.errors import UsageError
from labelsphere.linalg import SparsePlusLowRank
from labelsphere.space.cooccurrence import count_cooccurrence
from labelsphere.space.counts import Counts
from labelsphere.space.embedders.checks import none_placed, occurrences, tag_sets
from labelsphere.space.embedders.embedding import Embedding
from labelsphere.space.embedders.spectral import embed_matrix

WEIGHTINGS = ("tf-idf", "idf", "binary")


def embed_by_lsa(
    tags: Annotations | Counts,
    dim: int | None = None,
    *,
    exponent: float = 0.5,
    weighting: str = "tf-idf",
) -> Embedding:
    """V·Σ of the singular value decomposition W = U·Σ·Vᵀ of the weighted image × tag matrix.

    V and Σ² are the eigenpairs of WᵀW, labels × labels, which is what is solved: the images need
    not be held at once. V·Σ^(2·exponent) has dot products WᵀW where the exponent is 0.5.

    Args:
        tags: Annotations; counts do for the weightings ``"idf"`` and ``"binary"``.
        dim: The number of dimensions; None for all of them, up to 4,096.
        exponent: Of the eigenvalues of WᵀW, the squared singular values; finite.
        weighting: ``"binary"`` is 1 for each tag. ``"idf"`` is log((1 + D) / (1 + n_i)) + 1 for a
            tag in n_i of D images. ``"tf-idf"`` brings each image's row of that to unit norm, so
            that an image with many tags weighs no more than one with few.

    Returns:
        The embedding. Labels of no image have zero rows.

    Raises:
        UsageError: If ``dim`` is out of range, the weighting is unknown, or ``"tf-idf"`` is asked
            of counts.
        DataError: If no image has a label.
    """
    if weighting not in WEIGHTINGS:
        raise UsageError(f"weighting must be one of {', '.join(WEIGHTINGS)}, but got {weighting!r}")
    if not occurrences(tags).any():
        raise none_placed(len(tags.vocabulary), "lsa", "no image has one")
    if weighting == "tf-idf":
        products = _products_of_unit_rows(tags)
    else:
        counts = tags if isinstance(tags, Counts) else count_cooccurrence(tags)
        products = counts.joint
        if weighting == "idf":
            scale = _diagonal(inverse_frequency(counts))
            products = csr_array(scale @ products @ scale)
    vectors, facts = embed_matrix(SparsePlusLowRank(products), dim, exponent, "lsa")
    return Embedding(
        vectors,
        {
            "exponent": exponent,
            "options": {"weighting": weighting},
            "images": float(tags.n_images),
            **facts,
        },
    )


def inverse_frequency(tags: Annotations | Counts) -> np.ndarray:
    """log((1 + D) / (1 + n_i)) + 1 of each label, (labels,) float64.

    Both ones added are an imaginary image that has every label, as in scikit-learn.
    """
    frequency: np.ndarray = np.log((1 + tags.n_images) / (1 + occurrences(tags))) + 1
    return frequency


def _products_of_unit_rows(tags: Annotations | Counts) -> SparseRows:
    """WᵀW for W with rows of unit norm."""
    why = "how many tags an image has is not in them; give weighting='idf' or 'binary'"
    rows = tag_sets(tags, "lsa", why)
    rows.data *= inverse_frequency(tags)[rows.indices]
    norms = np.sqrt(np.asarray(rows.multiply(rows).sum(axis=1)).ravel())
    rows.data /= np.repeat(norms, np.diff(rows.indptr))
    products = csr_array(rows.T @ rows)
    # Two sums of the same terms may round apart.
    return csr_array((products + products.T) / 2)


def _diagonal(values: np.ndarray) -> dia_array:
    return dia_array((values[None], [0]), shape=(len(values), len(values)))
