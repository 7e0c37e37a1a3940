"""Embed a label that the space was fitted without (§3.3.1).

A label of the fit has the row E_i = Σ^(p−1)·Uᵀ·a_i, where a_i is its association with all labels,
E = U·Σ^p, and p the exponent. A new label's association with the known ones is folded in alike:
the point is sought whose products with the known labels' points match it best, in least squares.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
from scipy.sparse import csr_array

from labelsphere.annotations import Annotations, Vocabulary
from labelsphere.arrays import BoolArray, DoubleArray, FloatArray, SparseRows
from labelsphere.errors import DataError, UsageError
from labelsphere.space.alignment import align_annotations, unknown_label
from labelsphere.space.association import MEASURES, associate
from labelsphere.space.counts import Counts
from labelsphere.space.space_parts import SpaceParts

_Space = TypeVar("_Space", bound=SpaceParts)

_FEW = 20.0
"""Images at which what a count may be wrong by doubles the ridge: a log count varies by 1 / n."""


@dataclass(frozen=True, eq=False)
class PlacementEvidence:
    """Evidence on a new label.

    Attributes:
        together: (labels,) float64, images that hold the new label and each known one.
        known: (labels,) bool: the labels that ``together`` says anything about. Elsewhere a 0 is no
            finding.
        images: Images that hold the new label.
        total: Images among which these were found.
    """

    together: DoubleArray
    known: BoolArray
    images: float
    total: float


def place_label(
    space: _Space,
    label: str,
    evidence: Mapping[str, float] | Annotations | Sequence[str],
    *,
    images: float | None,
    total: float | None,
    ridge: float,
) -> _Space:
    """`LabelSpace.place`."""
    if label in space.vocabulary:
        raise UsageError(f"label {label!r} is in the space already; expected a new name")
    if (images is not None) != isinstance(evidence, Mapping):
        raise UsageError(
            "the number of images that hold the new label belongs to counts, and to nothing else: "
            "annotations have it, and a label that is like others takes theirs"
        )
    if isinstance(evidence, Mapping | Annotations):
        # First: such a space may lack other things too, which would not help.
        _check_measure(space)
        if isinstance(evidence, Annotations):
            found = evidence_from_annotations(space, label, evidence, total)
        else:
            assert images is not None
            found = evidence_from_counts(space, evidence, images, total)
        point = fold_in(space, found, ridge)
        count = found.images * space.record.counted_images() / found.total
    else:
        point, count = _like(space, evidence)
    return replace(
        space,
        vocabulary=space.vocabulary.joined(Vocabulary([label])),
        vectors=np.concatenate([space.vectors, point[None]]),
        counts=np.append(space.counts, max(1, round(count))),
        record=replace(space.record, placed_later=(*space.record.placed_later, label)),
    )


def _check_measure(space: SpaceParts) -> None:
    """Refuse counts where the space's method has no association that they determine."""
    if space.record.method not in MEASURES:
        raise UsageError(
            f"counts cannot place a label in a space by {space.record.method!r}, only in one by "
            f"{', '.join(MEASURES)}; name known labels that the new one is like instead"
        )


def _like(space: SpaceParts, labels: Sequence[str]) -> tuple[FloatArray, float]:
    """The mean direction of some labels, with their mean norm, and the mean of their counts."""
    if isinstance(labels, str) or not labels:
        raise UsageError(
            f"expected a list of known labels that the new one is like, got {labels!r}"
        )
    rows = [space.row(name) for name in labels]
    direction = space.unit_vectors[rows].astype(np.float64).sum(axis=0)
    if not direction.any():
        raise UsageError("the labels lie in opposite directions; expected labels that are alike")
    norm = float(np.linalg.norm(space.vectors[rows], axis=1).mean())
    point = direction * (norm / np.linalg.norm(direction))
    return point.astype(np.float32), float(space.counts[rows].mean())


def evidence_from_counts(
    space: SpaceParts, counts: Mapping[str, float], images: float, total: float | None
) -> PlacementEvidence:
    """Take the evidence from counts; labels that are left out are unknown.

    Args:
        space: The space that the label shall join.
        counts: Images that hold both, by the name of the known label.
        images: Images that hold the new label.
        total: Images among which they were found; the space's own if None.

    Raises:
        UsageError: If a label is unknown, or a number out of range.
    """
    total = space.record.counted_images() if total is None else total
    if not (np.isfinite(images) and np.isfinite(total) and 0 < images < total):
        raise UsageError(
            f"the new label must be in some images and not in all, but got {images:g} of {total:g}"
        )
    together = np.zeros(space.n_labels)
    known = np.zeros(space.n_labels, np.bool_)
    for name, count in counts.items():
        number = space.vocabulary.get(name)
        if number is None:
            raise unknown_label(name, space.vocabulary)
        if not (np.isfinite(count) and 0 <= count <= images):
            raise UsageError(
                f"{name!r} must be counted in 0 to {images:g} images, those of the new label, "
                f"but got {count:g}"
            )
        together[number], known[number] = count, True
    return PlacementEvidence(together, known, images, total)


def evidence_from_annotations(
    space: SpaceParts, label: str, annotations: Annotations, total: float | None
) -> PlacementEvidence:
    """Take the evidence from annotated images, absent pairs included.

    Args:
        space: The space that the label shall join.
        label: The new label, in the annotations' vocabulary.
        annotations: Images of which some have the label, or all.
        total: Images among which they were found; if None, the larger of the annotations' number
            and the space's own.

    Raises:
        UsageError: If no image has the label.
    """
    number = annotations.vocabulary.get(label)
    holds = annotations.matrix.indices == (-1 if number is None else number)
    rows = np.repeat(np.arange(annotations.n_images), np.diff(annotations.matrix.indptr))[holds]
    if not len(rows):
        raise UsageError(
            f"none of the {annotations.n_images} annotated images has the label {label!r}; "
            "expected images that have it, with their other labels"
        )
    aligned = align_annotations(annotations.select(rows), space.vocabulary)
    together = aligned.label_counts().astype(np.float64)
    if total is None:
        total = max(float(annotations.n_images), space.record.counted_images())
    return PlacementEvidence(together, np.ones(space.n_labels, np.bool_), float(len(rows)), total)


def fold_in(space: SpaceParts, evidence: PlacementEvidence, ridge: float) -> FloatArray:
    """The point that matches the association of a new label with the known ones.

    With the association taken back to E·Eᵀ, minimises ‖E_known·v − a_known‖² + λ·‖v‖². For λ = 0
    and all labels known this is Σ^(p−1)·Uᵀ·a, as a label of the fit is placed. λ is ``ridge`` times
    the mean eigenvalue, and more where few images speak: without it the directions of the smallest
    eigenvalues, which hold least of the known labels and most of the counts' noise, weigh most.

    Args:
        space: The space that the label shall join, made from an association.
        evidence: What is known of it.
        ridge: λ over the mean eigenvalue, at least 0.

    Returns:
        (dim,) float32. Its norm is typical of labels of as much self-information.

    Raises:
        UsageError: If ``ridge`` is out of range, or the space has lost its eigenvalues.
        DataError: If the new label occurs with no known label more often than by chance.
    """
    if not (np.isfinite(ridge) and ridge >= 0):
        raise UsageError(f"ridge must be a finite number of 0 or more, but got {ridge}")
    association, own, others = _associations(space, evidence)
    used = evidence.known & space.placed
    values = association[used]
    if not (values > 0).any():
        raise DataError(
            "the new label cannot be placed: it occurs with no known label that has an embedding, "
            "or with none more often than by chance; expected images that it shares with some"
        )
    spectrum, axes, exponent = _spectrum(space)
    # E·Eᵀ is the association where the exponent is ½; other exponents are brought there and back.
    points = space.vectors[used].astype(np.float64)
    points = (points if axes is None else points @ axes) * spectrum ** (0.5 - exponent)
    penalty = ridge * (1.0 + _FEW / evidence.images) * float(spectrum.mean())
    point = _least_squares(points, values, penalty)
    point *= spectrum ** (exponent - 0.5)
    point = point if axes is None else np.asarray(axes @ point, np.float64)
    return (point * (_typical_norm(space, own, others) / np.linalg.norm(point))).astype(np.float32)


def _associations(
    space: SpaceParts, evidence: PlacementEvidence
) -> tuple[DoubleArray, float, DoubleArray]:
    """The new label's association with the known ones, with itself, and each known with itself.

    The space's own measure is asked, on counts of which only the new label's are off the diagonal.
    A lift is a ratio of shares, so the new label's counts may come from another number of images:
    they are brought to the space's, and made smaller where they would exceed a known label's.
    """
    n_images = space.record.counted_images()
    scale = n_images / evidence.total
    once = space.counts.astype(np.float64)
    together = np.where(evidence.known & (once > 0), evidence.together, 0.0) * scale
    most = float(np.max(together / np.maximum(once, 1.0), initial=0.0))
    shrink = 1.0 / max(1.0, most)
    size = space.n_labels
    border = np.flatnonzero(together)
    numbers = np.arange(size + 1)
    mine = np.full(len(border), size)
    values = np.concatenate([once, [evidence.images * scale * shrink]])
    joint: SparseRows = csr_array(
        (
            np.concatenate([values, together[border] * shrink, together[border] * shrink]),
            (
                np.concatenate([numbers, border, mine]),
                np.concatenate([numbers, mine, border]),
            ),
        ),
        shape=(size + 1, size + 1),
    )
    joint.sort_indices()
    names = Vocabulary(str(number) for number in numbers)
    # Brought to another number of images, counts are no whole numbers any more.
    counts = Counts.trusted(names, joint, n_images, weighted=True, step=2.0**-20)
    matrix = associate(counts, str(space.record.method), **space.record.options)
    chosen = np.zeros(size + 1)
    chosen[-1] = 1.0
    row = matrix @ chosen
    diagonal = np.asarray(matrix.sparse.diagonal(), np.float64)
    if matrix.left is not None and matrix.right is not None:
        diagonal = diagonal + np.einsum("ij,ij->i", matrix.left, matrix.right)
    return row[:-1], float(row[-1]), diagonal[:-1]


def _spectrum(space: SpaceParts) -> tuple[DoubleArray, DoubleArray | None, float]:
    """The eigenvalues, (dim,) float64, the axes they belong to as columns, and their exponent.

    For a space as it was fitted the axes are None, its own, and the norms of its columns are powers
    of the eigenvalues. An aligned space was rotated: both are computed again, from EᵀE.
    """
    exponent = 0.5 if space.record.exponent is None else float(space.record.exponent)
    if exponent <= 0:
        raise UsageError(
            f"a space with exponent {exponent:g} does not hold its eigenvalues, which a new "
            "label's embedding depends on; fit one with an exponent above 0"
        )
    vectors = space.vectors[space.fitted].astype(np.float64)
    squares, axes = np.square(vectors).sum(axis=0), None
    # At ½ nothing but the mean eigenvalue is needed, and a rotation leaves that as it is.
    if exponent != 0.5 and space.record.aligned_labels is not None:
        squares, axes = np.linalg.eigh(vectors.T @ vectors)
    least = np.square(float(np.finfo(np.float32).tiny))
    return np.maximum(squares, least) ** (0.5 / exponent), axes, exponent


def _least_squares(points: DoubleArray, values: DoubleArray, penalty: float) -> DoubleArray:
    """The v of least ‖points·v − values‖² + penalty·‖v‖²; of several, the shortest."""
    rows, dim = points.shape
    if penalty == 0:
        return np.asarray(np.linalg.lstsq(points, values, rcond=None)[0], np.float64)
    if rows < dim:
        within = np.linalg.solve(points @ points.T + penalty * np.eye(rows), values)
        return np.asarray(points.T @ within, np.float64)
    gram = points.T @ points + penalty * np.eye(dim)
    return np.asarray(np.linalg.solve(gram, points.T @ values), np.float64)


def _typical_norm(space: SpaceParts, own: float, others: DoubleArray) -> float:
    """The norm of a label with this association with itself, as the fitted labels have it.

    ‖E_i‖² is the self-information where nothing is cut, and a share of it where something is: the
    labels' median share.
    """
    usable = space.placed & space.fitted & (others > 0)
    norms = np.square(space.vectors[usable].astype(np.float64)).sum(axis=1)
    return float(np.sqrt(max(own, np.finfo(np.float32).eps) * np.median(norms / others[usable])))
