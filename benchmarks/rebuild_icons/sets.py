"""Training, validation and test set, by groups of icons that must not be in two of them."""

import hashlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

SAME = 0.99
_BLOCK = 2048


def groups(
    bases: Sequence[str], pictures: NDArray[np.float32], names: Sequence[str | None] | None = None
) -> NDArray[np.int64]:
    """A number a picture: alike where icons are one, look the same or have the same name.

    Args:
        bases: The icon of each picture.
        pictures: (pictures, pixels) float32, as `pictures.thumbnail` makes them.
        names: What else joins pictures where it is equal, None where nothing does.

    Returns:
        (pictures,) int64.
    """
    _, icons = np.unique(np.array(bases), return_inverse=True)
    edges = [np.stack([icons, icons])]
    for start in range(0, len(pictures), _BLOCK):
        block = pictures[start : start + _BLOCK]
        alike = np.argwhere(block @ pictures[start:].T >= SAME) + start
        edges.append(icons[alike.T])
    if names is not None:
        first: dict[str, int] = {}
        joined = [
            (icon, first.setdefault(name, icon))
            for icon, name in zip(icons.tolist(), names, strict=True)
            if name is not None
        ]
        edges.append(np.array(joined, np.int64).reshape(-1, 2).T)
    left, right = np.concatenate(edges, axis=1)
    count = int(icons.max()) + 1
    graph = coo_array((np.ones(len(left), bool), (left, right)), shape=(count, count))
    _, component = connected_components(graph, directed=False)
    found: NDArray[np.int64] = component[icons].astype(np.int64)
    return found


def sets(bases: Sequence[str], group: NDArray[np.int64]) -> list[str]:
    """Train, val or test for each picture, 80 : 10 : 10, by a hash of its group's first icon."""
    first: dict[int, str] = {}
    for number, base in zip(group.tolist(), bases, strict=True):
        first[number] = min(base, first.get(number, base))
    chosen = {number: _set_of(base) for number, base in first.items()}
    return [chosen[number] for number in group.tolist()]


def _set_of(base: str) -> str:
    share = int(hashlib.sha256(base.encode()).hexdigest()[:8], 16) / 16**8
    return "train" if share < 0.8 else "val" if share < 0.9 else "test"
