"""The methods that the benchmark of searching compares."""

from collections.abc import Callable
from typing import Any

from decode_data import SEED, TOP

AS_INSTALLED: dict[str, str | None] = {"OPENBLAS_CORETYPE": None}
FORCED: dict[str, str | None] = {"OPENBLAS_CORETYPE": "SkylakeX"}

Way = tuple[Callable[[Any], Any], Callable[[Any, Any], Any]]


def by_labelsphere() -> Way:
    """The exact search, in the precision that it chooses."""
    import numpy as np

    from labelsphere.space.nearest import ExactSearch
    from labelsphere.space.nearest.by_tiles import search_by_tiles
    from labelsphere.space.nearest.problem import Found, Labels

    def prepare(vectors: Any) -> Any:
        found = ExactSearch(vectors, cosine=True)
        _ = found.labels.ways
        return found

    # Compiled kernels are loaded by a search of a few labels.
    random = np.random.default_rng(SEED)
    few = random.standard_normal((1_200, 8), np.float32)
    labels = Labels(few, np.zeros(1_200, np.float32), True)
    search_by_tiles(
        few[:9],
        labels,
        np.arange(9),
        Found(np.empty((9, 1), np.int64), np.empty((9, 1), np.float32)),
    )
    return prepare, lambda exact, points: exact.top(points, TOP)[0]


def by_labelsphere_in_float32() -> Way:
    """The exact search as a processor without bfloat16 does it."""
    prepare, find = by_labelsphere()

    def prepare_single(vectors: Any) -> Any:
        found = prepare(vectors)
        found.labels.__dict__["ways"] = found.labels.ways[-1:]
        return found

    return prepare_single, find


def by_torch() -> Way:
    """All scores at once, then the best of each row."""
    import torch

    return (
        torch.from_numpy,
        lambda vectors, points: torch.topk(torch.from_numpy(points) @ vectors.T, TOP)[1].numpy(),
    )


def by_faiss() -> Way:
    """The flat index of faiss."""
    import faiss

    def prepare(vectors: Any) -> Any:
        index = faiss.IndexFlatIP(vectors.shape[1])
        index.add(vectors)
        return index

    return prepare, lambda index, points: index.search(points, TOP)[1]


def by_faiss_cells() -> Way:
    """The approximate index of the extra ``faiss``."""
    from labelsphere.space.nearest import ApproximateSearch, ExactSearch

    return (
        lambda vectors: ApproximateSearch(ExactSearch(vectors, cosine=True)),
        lambda index, points: index.top(points, TOP)[0],
    )


METHODS: dict[str, tuple[Callable[[], Way], dict[str, str | None], str]] = {
    "labelsphere": (by_labelsphere, FORCED, "Labelsphere"),
    "labelsphere float32": (by_labelsphere_in_float32, FORCED, "Labelsphere without bfloat16"),
    "torch": (by_torch, FORCED, "PyTorch, `topk(points @ vectors.T)`"),
    "faiss": (by_faiss, AS_INSTALLED, "faiss, `IndexFlatIP`, as installed"),
    "faiss forced": (by_faiss, FORCED, "faiss, `IndexFlatIP`, kernels forced"),
    "faiss cells": (by_faiss_cells, FORCED, 'faiss, `index="faiss"`'),
}
