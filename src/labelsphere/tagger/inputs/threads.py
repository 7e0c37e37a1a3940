"""Work spread over threads, results in order."""

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
    """Apply a function in threads that work ahead of the caller, a bounded number of items.

    Threads, not processes: Pillow and torch release the interpreter's lock while they decode and
    compute, nothing is copied between processes, and a script needs no main guard.

    Args:
        function: Called once an item.
        items: Drawn by the calling thread, as room allows.
        workers: Number of threads; 0 does the work in the calling thread, when asked for.
        ahead: Results that may wait for the caller; two a thread if None. A caller that takes
            them batch by batch needs as many as are in a batch.

    Yields:
        The results, in the order of the items whatever the number of threads.
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
        # The caller may leave early: what has not begun is never begun.
        pool.shutdown(cancel_futures=True)
