"""Pieces of work side by side."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Result = TypeVar("Result")


def in_threads(work: Callable[[int], Result], pieces: int, threads: int) -> list[Result]:
    """What a function returns for 0 to ``pieces`` − 1, called by some threads at a time."""
    if min(pieces, threads) == 1:
        return [work(piece) for piece in range(pieces)]
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(work, range(pieces)))
