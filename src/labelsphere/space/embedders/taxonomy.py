"""Vectors whose dot products are similarities in a hierarchy of labels (§2, [15])."""

import numpy as np
from scipy.sparse import csr_array, eye_array

from labelsphere.annotations import Annotations
from labelsphere.annotations.hierarchy import Hierarchy
from labelsphere.arrays import DoubleArray, SparseRows
from labelsphere.errors import DataError, UsageError
from labelsphere.linalg import SparsePlusLowRank
from labelsphere.space.counts import Counts
from labelsphere.space.embedders.checks import check_dim, none_placed
from labelsphere.space.embedders.embedding import Embedding
from labelsphere.space.embedders.spectral import embed_matrix

_NAMED = 20
_COMMON = 1 / 16
"""An ancestor of more labels than this share of them is kept apart from the sparse matrix."""


def embed_by_hierarchy(
    tags: Annotations | Counts,
    dim: int | None = None,
    *,
    hierarchy: str | Hierarchy,
    similarity: str = "ancestors",
    exponent: float = 0.5,
) -> Embedding:
    """U·√Λ of the matrix of similarities: with all its dimensions the dot products are equal to it.

    Both similarities are sums over the labels' common ancestors, a label counted among its own:
    products of rows, and so without negative eigenvalues.

    - ``"ancestors"``: the number of common ones over the geometric mean of both labels' numbers,
      1 for a label with itself. For any hierarchy.
    - ``"lca"``: 1 − height of the lowest common one / the greatest height (Barz and Denzler 2019),
      where a label's height is that of the tree below it: 1 for a leaf with itself, 0 between
      trees. Only where each label has one parent at most.

    What occurs with what is not used, so that a label needs no image.

    Args:
        tags: Annotations or counts, for the names of the labels.
        dim: The number of dimensions; None for all that are there, up to 4,096. Fewer keep the
            leading eigenpairs, and the dot products are the nearest to the similarities.
        hierarchy: A file that `Hierarchy.read` reads, or a hierarchy. Labels are found in it by
            `Hierarchy.find`.
        similarity: ``"ancestors"`` or ``"lca"``.
        exponent: Of the eigenvalues; other than 0.5, dot products are no longer the similarity.

    Returns:
        The embedding. Labels that the hierarchy does not know have zero rows, as has under
        ``"lca"`` the root of the highest tree; the facts count the unknown and name the first.

    Raises:
        UsageError: If the file is missing, or an option is out of range or unknown.
        DataError: If the file cannot be used, no label is in it, or ``"lca"`` is asked of labels
            with several parents.
    """
    check_dim(dim)
    if similarity not in _WEIGHTED:
        raise UsageError(
            f"similarity must be one of {', '.join(_WEIGHTED)}, but got {similarity!r}"
        )
    kinds = hierarchy if isinstance(hierarchy, Hierarchy) else Hierarchy.read(hierarchy)
    names = tags.vocabulary.names
    found = kinds.find(names)
    known = found >= 0
    if not known.any():
        raise none_placed(len(names), "taxonomy", "the hierarchy has none of them")
    # Of an unknown label the product is of no rows at all.
    picks = csr_array(
        (np.ones(int(known.sum())), (np.flatnonzero(known), found[known])),
        shape=(len(names), len(kinds)),
    )
    rows: SparseRows = csr_array(picks @ _WEIGHTED[similarity](kinds))
    vectors, facts = embed_matrix(_products(rows), dim, exponent, "taxonomy")
    options = {"similarity": similarity}
    if not isinstance(hierarchy, Hierarchy):
        options["hierarchy"] = str(hierarchy)
    unknown = [name for name, there in zip(names, known, strict=True) if not there]
    return Embedding(
        vectors,
        {
            "exponent": exponent,
            "options": options,
            "unknown": len(unknown),
            "unknown_labels": unknown[:_NAMED],
            **facts,
        },
    )


def _shared_ancestors(kinds: Hierarchy) -> SparseRows:
    """Rows of unit norm, one number for each ancestor and the label itself."""
    line = _line(kinds)
    line.data /= np.sqrt(np.repeat(np.diff(line.indptr), np.diff(line.indptr)))
    return line


def _lowest_ancestors(kinds: Hierarchy) -> SparseRows:
    """Rows whose products add up, along the common ancestors, to the lowest one's value."""
    several = np.flatnonzero(np.diff(kinds.parents.indptr) > 1)
    if len(several):
        raise DataError(
            f"similarity 'lca' needs a tree, but {kinds.names[several[0]]!r} and "
            f"{len(several) - 1} other labels have several parents; take 'ancestors'"
        )
    heights = _heights(kinds)
    if not heights.any():
        raise DataError("similarity 'lca' needs labels with parents, but the hierarchy has none")
    value = 1 - heights / heights.max()
    # A label adds what it is above its parent, so that the sum down to a label is its value.
    gained = value - kinds.parents @ value
    line = _line(kinds)
    line.data *= np.sqrt(gained)[line.indices]
    line.eliminate_zeros()
    return line


def _line(kinds: Hierarchy) -> SparseRows:
    """CSR, labels × labels, float64: 1 for each ancestor and for the label itself."""
    line: SparseRows = csr_array(
        kinds.ancestors.astype(np.float64) + eye_array(len(kinds), format="csr")
    )
    return line


def _heights(kinds: Hierarchy) -> DoubleArray:
    """Most steps down from each label to one without children, (labels,) float64."""
    heights = np.zeros(len(kinds))
    for label in np.argsort(-kinds.depths, kind="stable"):
        start, stop = kinds.parents.indptr[label : label + 2]
        for parent in kinds.parents.indices[start:stop]:
            heights[parent] = max(heights[parent], heights[label] + 1)
    return heights


def _products(rows: SparseRows) -> SparsePlusLowRank:
    """Products of all pairs of rows: sparse, except for columns that many rows have."""
    often = np.diff(rows.tocsc().indptr) > max(1.0, _COMMON * rows.shape[0])
    common = rows[:, often].toarray()
    rest = rows[:, ~often]
    products = csr_array(rest @ rest.T)
    # Two sums of the same terms may round apart.
    return SparsePlusLowRank(csr_array((products + products.T) / 2), common, common)


_WEIGHTED = {"ancestors": _shared_ancestors, "lca": _lowest_ancestors}
