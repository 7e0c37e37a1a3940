"""A label space fitted anew and turned so that its labels are where they were (Procrustes).

Two fits of nearly the same tags give nearly the same angles between labels, and axes that have
nothing to do with each other: an eigenvector's sign is arbitrary, and near eigenvalues change
places. A turn keeps all angles. The one that brings the shared labels closest to their old places
is orthogonal Procrustes' (Schönemann 1966), and a network that points into the old space then goes
on pointing at the right labels of the new one.
"""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.linalg import orthogonal_procrustes

from labelsphere.annotations import Annotations
from labelsphere.arrays import FloatArray, IntArray
from labelsphere.errors import DataError, UsageError
from labelsphere.space.alignment import align_annotations
from labelsphere.space.arithmetic import Neighbor
from labelsphere.space.cooccurrence import Counts
from labelsphere.space.embedders import has_option
from labelsphere.space.embedders.checks import TooManyDimensionsError
from labelsphere.space.placement import ALIGNED

if TYPE_CHECKING:
    from labelsphere.space.label_space import LabelSpace

KEPT = "aligned_proximity"
"""Key of a space's ``config``: the mean cosine between their new places and their old ones."""


def refit_space(
    space: "LabelSpace", tags: Annotations | Counts, dim: int | None, options: dict[str, Any]
) -> "LabelSpace":
    """`LabelSpace.refit`."""
    method = str(space.config.get("method"))
    known = dict(space.config.get("options") or {})
    if "exponent" in space.config:
        known["exponent"] = space.config["exponent"]
    known = {name: value for name, value in known.items() if has_option(method, name)}
    vocabulary = tags.vocabulary.named_as_in(space.vocabulary)
    if isinstance(tags, Counts):
        tags = tags.over(vocabulary)
    elif vocabulary is not tags.vocabulary:
        tags = align_annotations(tags, vocabulary)
    wanted = space.dim if dim is None else dim
    if wanted > space.dim:
        raise UsageError(f"dim must be at most {space.dim}, those of the old space, but got {dim}")
    try:
        fresh = type(space).fit(tags, method, wanted, **{**known, **options})
    except TooManyDimensionsError as error:
        if dim is not None:
            raise
        fresh = type(space).fit(tags, method, error.largest, **{**known, **options})
    return align_space(fresh, space)


def align_space(space: "LabelSpace", onto: "LabelSpace") -> "LabelSpace":
    """`LabelSpace.aligned_to`."""
    rows, old_rows = shared_rows(space, onto)
    if not len(rows):
        raise DataError(
            f"none of the {space.n_labels:,} labels has a place in the old space of "
            f"{onto.n_labels:,} as well; expected labels in common, to tell one space's axes by"
        )
    if space.dim > onto.dim:
        raise UsageError(
            f"the space has {space.dim} dimensions and the one it shall be aligned to {onto.dim}; "
            f"fit it with dim={onto.dim}"
        )
    if len(rows) < space.dim:
        raise UsageError(
            f"the two spaces have {len(rows)} labels in common, too few to tell how {space.dim} "
            f"dimensions lie; keep more of the old labels, or fit with dim={len(rows)} or less"
        )
    vectors = np.zeros((space.n_labels, onto.dim))
    vectors[:, : space.dim] = space.vectors
    turn, _ = orthogonal_procrustes(vectors[rows], onto.vectors[old_rows].astype(np.float64))
    turned = (vectors @ turn).astype(np.float32)
    config = {name: value for name, value in space.config.items() if name not in (ALIGNED, KEPT)}
    aligned = replace(space, vectors=turned, config={**config, ALIGNED: len(rows)})
    mean = float(_proximities(aligned.unit_vectors[rows], onto.unit_vectors[old_rows]).mean())
    return replace(aligned, config={**aligned.config, KEPT: mean})


def shared_rows(space: "LabelSpace", onto: "LabelSpace") -> tuple[IntArray, IntArray]:
    """The labels that have a place in both, by name or by an alias that either knows.

    Returns:
        Their rows in the one and in the other, (shared,) int64 each.
    """
    known: dict[str, list[str]] = {name: [name] for name in space.vocabulary}
    for alias, name in space.vocabulary.aliases.items():
        known[name].append(alias)
    pairs = []
    for row, names in enumerate(known.values()):
        found = (onto.vocabulary.get(name) for name in names)
        old = next((number for number in found if number is not None), None)
        if old is not None and space.placed[row] and onto.placed[old]:
            pairs.append((row, old))
    rows = np.array(pairs, np.int64).reshape(-1, 2)
    return rows[:, 0], rows[:, 1]


def moved_labels(space: "LabelSpace", onto: "LabelSpace") -> list[Neighbor]:
    """`LabelSpace.moved`."""
    rows, old_rows = shared_rows(space, onto)
    near = _proximities(space.unit_vectors[rows], onto.unit_vectors[old_rows])
    return [
        Neighbor(space.vocabulary[int(rows[k])], float(near[k]))
        for k in np.argsort(near, kind="stable")
    ]


def _proximities(one: FloatArray, other: FloatArray) -> FloatArray:
    """Cosines row by row of unit vectors, (rows,) float32."""
    return np.asarray(np.einsum("ij,ij->i", one, other), np.float32)
