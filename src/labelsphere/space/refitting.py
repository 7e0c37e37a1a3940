"""Align a label space that was fitted again with the older one (orthogonal Procrustes).

Two fits of nearly the same tags give nearly the same angles between labels, and axes that have
nothing to do with each other: an eigenvector's sign is arbitrary, and close eigenvalues may swap.
A rotation keeps all angles. Orthogonal Procrustes (Schönemann 1966) finds the one that brings the
shared labels closest to their old embeddings; a network that was trained for the old space then
predicts the right labels of the new one.
"""

from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from scipy.linalg import orthogonal_procrustes

from labelsphere.annotations import Annotations, Vocabulary
from labelsphere.arrays import FloatArray, IntArray
from labelsphere.errors import DataError, UsageError
from labelsphere.json_types import Json
from labelsphere.linalg import with_unit_rows
from labelsphere.space.alignment import align_annotations
from labelsphere.space.arithmetic import Neighbor
from labelsphere.space.counts import Counts
from labelsphere.space.fit_record import FitRecord
from labelsphere.space.space_parts import SpaceParts

if TYPE_CHECKING:
    from labelsphere.space.embedders import Embed

_Space = TypeVar("_Space", bound=SpaceParts)


def refit_options(record: FitRecord, method: "str | Embed | type") -> dict[str, Json]:
    """Return the options that a space was fitted with, as a method takes them."""
    from labelsphere.space.embedders import has_option

    options = dict(record.options)
    if record.exponent is not None:
        options["exponent"] = record.exponent
    return {name: value for name, value in options.items() if has_option(method, name)}


def with_names_of(tags: Annotations | Counts, vocabulary: Vocabulary) -> Annotations | Counts:
    """Return tags with the names that a vocabulary has for their aliases.

    Raises:
        DataError: If counts do not determine those of labels that are one in the vocabulary.
    """
    names = tags.vocabulary.named_as_in(vocabulary)
    if isinstance(tags, Counts):
        return tags.over(names)
    return tags if names is tags.vocabulary else align_annotations(tags, names)


def align_space(space: _Space, onto: SpaceParts) -> _Space:
    """`LabelSpace.aligned_to`."""
    rows, old_rows = shared_rows(space, onto)
    if not len(rows):
        raise DataError(
            f"none of the {space.n_labels:,} labels has an embedding in the old space of "
            f"{onto.n_labels:,} as well; expected labels in common, to align the spaces by"
        )
    if space.dim > onto.dim:
        raise UsageError(
            f"the space has {space.dim} dimensions and the one it shall be aligned to {onto.dim}; "
            f"fit it with dim={onto.dim}"
        )
    if len(rows) < space.dim:
        raise UsageError(
            f"the two spaces have {len(rows)} labels in common, too few to align {space.dim} "
            f"dimensions; keep more of the old labels, or fit with dim={len(rows)} or less"
        )
    vectors = np.zeros((space.n_labels, onto.dim))
    vectors[:, : space.dim] = space.vectors
    rotation, _ = orthogonal_procrustes(vectors[rows], onto.vectors[old_rows].astype(np.float64))
    aligned = (vectors @ rotation).astype(np.float32)
    unit = with_unit_rows(aligned[rows])
    mean = float(_proximities(unit, onto.unit_vectors[old_rows]).mean())
    record = replace(space.record, aligned_labels=len(rows), aligned_proximity=mean)
    return replace(space, vectors=aligned, record=record)


def shared_rows(space: SpaceParts, onto: SpaceParts) -> tuple[IntArray, IntArray]:
    """Find the labels with an embedding in both, by name or by an alias that either knows.

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


def moved_labels(space: SpaceParts, onto: SpaceParts) -> list[Neighbor]:
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
