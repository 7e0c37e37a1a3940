"""Points and labels for the benchmark of searching, and the ranking that is right."""

from typing import Any

SEED = 0
POINTS, LABELS, DIM, TOP = 14_000, 17_355, 4_096, 100
MOST_POINTS, MOST_LABELS, MOST_DIM, CLUSTERS = 2_000, 1_000_000, 256, 20_000
PRESET = "association12m"
NOISE = 1.0
"""Norm of the noise that is added to points of unit norm: they end up about 45° off."""

SPACE, RANDOM, MILLION = "space", "random", "million"


def make_space(work: str) -> dict[str, Any]:
    """Points and labels of a label space fitted to simulated tags."""
    import numpy as np
    from simulation import PRESETS, Simulation

    from labelsphere import LabelSpace
    from labelsphere.space import count_cooccurrence

    simulation = Simulation(PRESETS[PRESET], seed=SEED)
    counts, tags = None, None
    for chunk in simulation.chunks():
        part = count_cooccurrence(chunk, simulation.vocabulary)
        counts = part if counts is None else counts + part
        tags = chunk if tags is None else tags
    assert counts is not None
    assert tags is not None
    space = LabelSpace.fit(counts, dim=DIM)
    points = space.encode(tags[:POINTS])
    noise = np.random.default_rng(SEED).standard_normal(points.shape, np.float32)
    points += np.float32(NOISE / DIM**0.5) * noise
    save(work, SPACE, space.unit_vectors, points)
    return {"placed": int(space.placed.sum())}


def make_random(work: str) -> dict[str, Any]:
    """Points and labels of random direction."""
    import numpy as np

    random = np.random.default_rng(SEED)
    vectors = random.standard_normal((LABELS, DIM), np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    save(work, RANDOM, vectors, random.standard_normal((POINTS, DIM), np.float32))
    return {"placed": LABELS}


def make_million(work: str) -> dict[str, Any]:
    """A million labels around centres whose sizes fall by Zipf's law, points among them."""
    import numpy as np

    random = np.random.default_rng(SEED)
    centres = random.standard_normal((CLUSTERS, MOST_DIM), np.float32)
    shares = 1 / np.arange(1, CLUSTERS + 1)
    members = random.choice(CLUSTERS, MOST_LABELS, p=shares / shares.sum())
    vectors = random.standard_normal((MOST_LABELS, MOST_DIM), np.float32)
    vectors += centres[members]
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    drawn = random.integers(MOST_LABELS, size=(MOST_POINTS, 3))
    points = vectors[drawn].sum(axis=1)
    noise = random.standard_normal(points.shape, np.float32)
    points += np.float32(NOISE / MOST_DIM**0.5) * noise
    save(work, MILLION, vectors, points)
    return {"placed": MOST_LABELS}


def save(work: str, name: str, vectors: Any, points: Any) -> None:
    """Keep vectors and points for the processes that measure."""
    import numpy as np

    np.save(f"{work}/{name}-vectors.npy", vectors)
    np.save(f"{work}/{name}-points.npy", points)


def load(work: str, name: str, count: int | None = None) -> tuple[Any, Any]:
    """Vectors and points, the first of them or all."""
    import numpy as np

    points = np.load(f"{work}/{name}-points.npy", mmap_mode="r")[:count]
    return np.load(f"{work}/{name}-vectors.npy"), np.array(points)


def reference(work: str, name: str) -> dict[str, Any]:
    """Rank by scores in float64, block by block; keeps numbers and scores of the best."""
    import numpy as np
    import torch

    vectors, points = load(work, name)
    wide = torch.from_numpy(vectors).double()
    numbers = np.empty((len(points), TOP), np.int64)
    scores = np.empty((len(points), TOP))
    step = max(1, 10_000_000 // len(vectors))
    for start in range(0, len(points), step):
        block = torch.from_numpy(points[start : start + step]).double()
        exact = ((block / block.norm(dim=1, keepdim=True)) @ wide.T).numpy()
        some = np.argpartition(-exact, TOP + 20, axis=1)[:, : TOP + 20]
        some.sort(axis=1)
        there = np.take_along_axis(exact, some, axis=1)
        order = np.argsort(-there, axis=1, kind="stable")[:, :TOP]
        numbers[start : start + step] = np.take_along_axis(some, order, axis=1)
        scores[start : start + step] = np.take_along_axis(there, order, axis=1)
    np.save(f"{work}/{name}-numbers.npy", numbers)
    np.save(f"{work}/{name}-scores.npy", scores)
    return {"made": True}


def differences(numbers: Any, vectors: Any, points: Any, work: str, name: str) -> dict[str, Any]:
    """Where a ranking differs from the one in float64, and by how much its scores do there.

    Returns:
        Share of the reference's labels that are there at any place; points whose ranking is the
        same; places that differ, and the largest difference of the scores at one.
    """
    import numpy as np

    right, scores = np.load(f"{work}/{name}-numbers.npy"), np.load(f"{work}/{name}-scores.npy")
    right, scores = right[: len(points)], scores[: len(points)]
    common = sum(len(np.intersect1d(a, b)) for a, b in zip(numbers, right, strict=True))
    rows, places = np.nonzero(numbers != right)
    largest = 0.0
    for start in range(0, len(rows), 10_000):
        part = slice(start, start + 10_000)
        wide = points[rows[part]].astype(np.float64)
        wide /= np.linalg.norm(wide, axis=1, keepdims=True)
        theirs = np.einsum("ij,ij->i", wide, vectors[numbers[rows[part], places[part]]])
        largest = max(largest, float(np.abs(theirs - scores[rows[part], places[part]]).max()))
    return {
        "recall": common / right.size,
        "same_points": len(numbers) - len(np.unique(rows)),
        "different_places": len(rows),
        "largest_difference": largest,
    }
