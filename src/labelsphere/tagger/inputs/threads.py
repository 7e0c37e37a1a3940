"""Parallel mapping with threads, with results in order."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


def map_ahead(
    function: Callable[[_Item], _Result],
    items: Iterable[_Item],
    workers: int,
    *,
    ahead: int | None = None,
) -> Iterator[_Result]:
    """Apply a function in threads that run a limited number of items ahead of the caller.

    Threads suffice, because Pillow and torch release the interpreter lock. Unlike processes, they
    copy no data and need no main guard in scripts.

    Args:
        function: Function of one item.
        items: The items, drawn by the calling thread.
        workers: Number of threads; 0 calls the function on demand in the calling thread.
        ahead: Largest number of results that wait for the caller; two per thread if None. A caller
            that takes them in batches needs at least the batch size.

    Yields:
        The results, in the order of the items.
    """
    if not workers:
        yield from map(function, items)
        return
    pool = ThreadPoolExecutor(workers)
    waiting: deque[Future[_Result]] = deque()
    try:
        for item in items:
            waiting.append(pool.submit(function, item))
            if len(waiting) > (2 * workers if ahead is None else ahead):
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        # If the caller stops early, cancel items that have not started.
        pool.shutdown(cancel_futures=True)
