"""Batching of requests from all clients."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Generic, TypeVar

from labelsphere.errors import LabelsphereError

_Item = TypeVar("_Item")
Answer = TypeVar("Answer")


class OverloadedError(LabelsphereError):
    """The queue of the server is full."""


@dataclass
class _Waiting(Generic[_Item, Answer]):
    item: _Item
    answer: "asyncio.Future[Answer]"


class Batcher(Generic[_Item, Answer]):
    """Collects items of many callers and processes them in batches, in one thread.

    A batch holds all items that are waiting when the thread becomes free. No item waits for others:
    a single client gets batches of one item, many clients get larger batches. Items of disconnected
    callers are left out. If a batch fails, its items are processed one by one, so that only the
    faulty item fails.

    Args:
        work: Function from items to as many answers. It runs in one thread at a time.
        batch_size: Largest number of items per batch.
        capacity: Largest number of items that are waiting or in work.
        on_batch: Called with the size of each batch.
    """

    def __init__(
        self,
        work: Callable[[Sequence[_Item]], Sequence[Answer]],
        *,
        batch_size: int,
        capacity: int,
        on_batch: Callable[[int], None] | None = None,
    ) -> None:
        self._work = work
        self._batch_size = batch_size
        self._capacity = capacity
        self._on_batch = on_batch
        self._queue: asyncio.Queue[_Waiting[_Item, Answer]] = asyncio.Queue()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="inference")
        self._task: asyncio.Task[None] | None = None
        self._open = 0

    @property
    def pending(self) -> int:
        """Number of items admitted and not yet released."""
        return self._open

    def admit(self, count: int) -> None:
        """Reserve room in the queue for some items; `release` frees it.

        Raises:
            OverloadedError: If there is no room for all of them.
        """
        if self._open + count > self._capacity:
            raise OverloadedError(
                f"{self._open} pictures are waiting, and {count} more exceed the limit of "
                f"{self._capacity}; try again later"
            )
        self._open += count

    def release(self, count: int) -> None:
        """Free room in the queue."""
        self._open -= count

    async def submit(self, item: _Item) -> Answer:
        """Return the answer to one item. Room for it must be reserved with `admit`."""
        waiting: _Waiting[_Item, Answer] = _Waiting(
            item, asyncio.get_running_loop().create_future()
        )
        await self._queue.put(waiting)
        return await waiting.answer

    def start(self) -> None:
        """Start processing in the running event loop."""
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Process all submitted items, then stop."""
        await self._queue.join()
        if self._task is not None:
            self._task.cancel()
        self._thread.shutdown(wait=True)

    async def _run(self) -> None:
        while True:
            batch = [await self._queue.get()]
            while len(batch) < self._batch_size and not self._queue.empty():
                batch.append(self._queue.get_nowait())
            wanted = [waiting for waiting in batch if not waiting.answer.done()]
            try:
                if wanted:
                    await self._answer(wanted)
            finally:
                for _ in batch:
                    self._queue.task_done()

    async def _answer(self, batch: list[_Waiting[_Item, Answer]]) -> None:
        loop = asyncio.get_running_loop()
        if self._on_batch is not None:
            self._on_batch(len(batch))
        items = [waiting.item for waiting in batch]
        try:
            answers = await loop.run_in_executor(self._thread, self._work, items)
        except Exception as error:
            if len(batch) > 1:
                for waiting in batch:
                    await self._answer([waiting])
            elif not batch[0].answer.done():
                batch[0].answer.set_exception(error)
            return
        for waiting, answer in zip(batch, answers, strict=True):
            if not waiting.answer.done():
                waiting.answer.set_result(answer)
