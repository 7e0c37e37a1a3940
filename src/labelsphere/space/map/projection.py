"""From k dimensions to two: which labels lie where on the map, and which belong together."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.cluster.vq import kmeans2
from scipy.sparse.linalg import eigsh

from labelsphere.arrays import DoubleArray, FloatArray, IntArray
from labelsphere.errors import DataError, MissingExtraError, UsageError
from labelsphere.space.label_space import LabelSpace

NEIGHBORS = 5
GROUPS = 10
_DENSE = 256


@dataclass(frozen=True, eq=False)
class SpaceMap:
    """Labels on a plane.

    Attributes:
        names: The labels that have an embedding, most frequent first.
        counts: (labels,) int64, images of each.
        positions: (labels, 2) float64, both axes from 0 to 1 in the same unit.
        groups: (labels,) int64, 0 to `GROUPS` − 1: labels that lie together in the whole space, of
            which the plane shows a shadow.
        neighbors: (labels, n) int64, rows of the nearest labels in the whole space, nearest first.
        proximities: (labels, n) float32, their cosines.
        caption: What the plane is, a sentence.
    """

    names: list[str]
    counts: IntArray
    positions: DoubleArray
    groups: IntArray
    neighbors: IntArray
    proximities: FloatArray
    caption: str


def project(space: LabelSpace, method: str = "umap", *, seed: int = 0) -> SpaceMap:
    """Bring a label space to a plane.

    Args:
        space: The space; labels without an embedding are left out.
        method: ``"umap"`` keeps neighbours together; distances between groups say little. ``"pca"``
            shows the two directions along which the unit vectors differ most: it needs no extra,
            but on thousands of labels these hold a few per cent of the variance.
        seed: Of the groups, and of UMAP.

    Returns:
        The map.

    Raises:
        UsageError: If there is no such method.
        DataError: If fewer than three labels have an embedding.
        MissingExtraError: If the method is UMAP and it is not installed.
    """
    if method not in PROJECTIONS:
        raise UsageError(f"method must be one of {', '.join(PROJECTIONS)}, but got {method!r}")
    order = np.argsort(-space.counts, kind="stable")
    rows = order[space.placed[order]]
    if len(rows) < 3:
        raise DataError(
            f"a map needs three labels with an embedding, but {len(rows)} of {space.n_labels} "
            "have one"
        )
    points = space.unit_vectors[rows].astype(np.float64)
    positions, caption = PROJECTIONS[method](points, seed)
    low = positions.min(axis=0)
    span = float((positions.max(axis=0) - low).max()) or 1.0
    row_of = np.full(space.n_labels, -1, np.int64)
    row_of[rows] = np.arange(len(rows))
    # A label is at proximity 1 to itself, but others may be too: it is taken out by number.
    ids, proximities = space.decode(space.unit_vectors[rows], top=NEIGHBORS + 1)
    other = ids != rows[:, None]
    other[other.all(axis=1), -1] = False
    width = ids.shape[1] - 1
    return SpaceMap(
        [space.vocabulary[number] for number in rows.tolist()],
        space.counts[rows],
        (positions - low) / span,
        _groups(points, seed),
        row_of[ids[other]].reshape(len(rows), width),
        proximities[other].reshape(len(rows), width),
        caption,
    )


def _pca(points: DoubleArray, seed: int) -> tuple[DoubleArray, str]:
    centred = points - points.mean(axis=0)
    scatter = centred.T @ centred
    dim = len(scatter)
    if dim <= _DENSE:
        values, axes = np.linalg.eigh(scatter)
    else:
        start = np.random.default_rng(seed).normal(size=dim)
        values, axes = eigsh(scatter, k=2, v0=start)
    if dim < 2:
        values, axes = np.array([0.0, values[0]]), np.array([[0.0, 1.0]])
    chosen = np.argsort(values)[::-1][:2]
    axes = axes[:, chosen]
    # An eigenvector's sign is the solver's whim; the map shall not depend on it.
    axes = axes * np.where(axes[np.abs(axes).argmax(axis=0), [0, 1]] < 0, -1.0, 1.0)
    share = float(values[chosen].sum() / max(np.trace(scatter), np.finfo(np.float64).tiny))
    caption = f"The two main directions of the unit vectors; they hold {share:.0%} of the variance."
    return np.asarray(centred @ axes, np.float64), caption


def _umap(points: DoubleArray, seed: int) -> tuple[DoubleArray, str]:
    try:
        from umap import UMAP
    except ImportError as error:
        raise MissingExtraError("umap", "umap") from error
    neighbors = min(15, len(points) - 1)
    # From random positions: the spectral start needs more points than dimensions, and warns.
    start = "spectral" if len(points) > 50 else "random"
    mapper = UMAP(n_neighbors=neighbors, metric="cosine", init=start, random_state=seed, n_jobs=1)
    positions = np.asarray(mapper.fit_transform(points), np.float64)
    return positions, (
        "UMAP of the cosines: neighbours stay neighbours; distances between groups say little."
    )


PROJECTIONS: dict[str, Callable[[DoubleArray, int], tuple[DoubleArray, str]]] = {
    "umap": _umap,
    "pca": _pca,
}


def _groups(points: DoubleArray, seed: int) -> IntArray:
    """Groups by k-means on the sphere, the one of most labels first."""
    _, found = kmeans2(points, min(GROUPS, len(points)), minit="++", rng=seed, missing="warn")
    sizes = np.bincount(found, minlength=GROUPS)
    rank = np.empty(GROUPS, np.int64)
    rank[np.argsort(-sizes, kind="stable")] = np.arange(GROUPS)
    return rank[found]
