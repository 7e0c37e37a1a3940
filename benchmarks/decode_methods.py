"""The methods that the benchmark of searching compares."""

from collections.abc import Callable
from typing import Any

from decode_data import TOP

AS_INSTALLED: dict[str, str | None] = {"OPENBLAS_CORETYPE": None}
FORCED: dict[str, str | None] = {"OPENBLAS_CORETYPE": "SkylakeX"}

Way = tuple[Callable[[Any], Any], Callable[[Any, Any], Any]]


def by_labelsphere() -> Way:
    """The exact search."""
    from labelsphere.linalg import top_k, with_unit_rows

    return (
        lambda vectors: vectors,
        lambda vectors, points: top_k(with_unit_rows(points), vectors, TOP)[0],
    )


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
    from labelsphere.linalg import ApproximateSearch

    return (
        ApproximateSearch,
        lambda index, points: index.top(points, TOP)[0],
    )


METHODS: dict[str, tuple[Callable[[], Way], dict[str, str | None], str]] = {
    "labelsphere": (by_labelsphere, FORCED, "Labelsphere"),
    "torch": (by_torch, FORCED, "PyTorch, `topk(points @ vectors.T)`"),
    "faiss": (by_faiss, AS_INSTALLED, "faiss, `IndexFlatIP`, as installed"),
    "faiss forced": (by_faiss, FORCED, "faiss, `IndexFlatIP`, kernels forced"),
    "faiss cells": (by_faiss_cells, FORCED, 'faiss, `index="faiss"`'),
}
