import asyncio
import threading
from collections.abc import Sequence

import pytest

from labelsphere.app.batcher import Batcher, OverloadedError


def run(batcher: Batcher[int, int], items: Sequence[int]) -> list[int | BaseException]:
    """Answers to items that are submitted at once."""

    async def submit() -> list[int | BaseException]:
        batcher.start()
        answers = await asyncio.gather(*map(batcher.submit, items), return_exceptions=True)
        await batcher.stop()
        return answers

    return asyncio.run(submit())


def test_answers_belong_to_their_items_and_batches_are_shared() -> None:
    sizes: list[int] = []
    batcher: Batcher[int, int] = Batcher(
        lambda items: [item * item for item in items],
        batch_size=8,
        capacity=100,
        on_batch=sizes.append,
    )
    assert run(batcher, range(20)) == [number * number for number in range(20)]
    assert max(sizes) <= 8
    assert sum(sizes) == 20
    assert len(sizes) < 20


def test_one_bad_item_fails_alone() -> None:
    def work(items: Sequence[int]) -> list[int]:
        if 3 in items:
            raise ValueError("three")
        return list(items)

    answers = run(Batcher(work, batch_size=8, capacity=8), range(6))
    assert [a for a in answers if isinstance(a, int)] == [0, 1, 2, 4, 5]
    assert isinstance(answers[3], ValueError)


def test_work_runs_in_one_thread_at_a_time() -> None:
    running = threading.Lock()

    def work(items: Sequence[int]) -> list[int]:
        assert running.acquire(blocking=False)
        running.release()
        return list(items)

    assert run(Batcher(work, batch_size=1, capacity=50), range(50)) == list(range(50))


def test_room_is_bounded_and_given_back() -> None:
    batcher: Batcher[int, int] = Batcher(list, batch_size=2, capacity=3)
    batcher.admit(2)
    with pytest.raises(OverloadedError, match="limit of 3"):
        batcher.admit(2)
    batcher.release(2)
    batcher.admit(3)
    assert batcher.pending == 3


def test_an_item_whose_caller_has_gone_is_left_out() -> None:
    seen: list[int] = []
    entered, go_on = threading.Event(), threading.Event()

    def work(items: Sequence[int]) -> list[int]:
        seen.extend(items)
        entered.set()
        go_on.wait(10)
        return list(items)

    async def submit() -> None:
        batcher: Batcher[int, int] = Batcher(work, batch_size=4, capacity=9)
        batcher.start()
        first = asyncio.create_task(batcher.submit(1))
        await asyncio.to_thread(entered.wait, 10)
        gone = asyncio.create_task(batcher.submit(2))
        stays = asyncio.create_task(batcher.submit(3))
        await asyncio.sleep(0)
        gone.cancel()
        go_on.set()
        assert await first == 1
        assert await stays == 3
        await batcher.stop()

    asyncio.run(submit())
    assert seen == [1, 3]


def test_stopping_answers_what_was_taken() -> None:
    async def submit() -> list[int]:
        batcher: Batcher[int, int] = Batcher(list, batch_size=2, capacity=9)
        batcher.start()
        tasks = [asyncio.create_task(batcher.submit(number)) for number in range(5)]
        await asyncio.sleep(0)
        await batcher.stop()
        return [await task for task in tasks]

    assert asyncio.run(submit()) == [0, 1, 2, 3, 4]
