import threading
import time

import pytest

from labelsphere.tagger.inputs.threads import map_ahead


@pytest.mark.parametrize("workers", [0, 1, 3])
def test_results_come_in_order(workers):
    def slow_at_first(item):
        time.sleep(0.01 if item == 0 else 0)
        return item * item

    assert list(map_ahead(slow_at_first, range(20), workers)) == [i * i for i in range(20)]


@pytest.mark.parametrize("workers", [0, 1, 3])
def test_nothing_in_nothing_out(workers):
    assert list(map_ahead(str, [], workers)) == []


def test_work_is_done_ahead_but_not_without_bound():
    begun = []
    results = map_ahead(begun.append, range(1000), 2)
    next(results)
    time.sleep(0.02)
    assert 1 < len(begun) <= 6


def test_without_workers_nothing_is_done_ahead():
    begun = []
    next(map_ahead(begun.append, range(1000), 0))
    assert begun == [0]


@pytest.mark.parametrize("workers", [0, 2])
def test_an_error_reaches_the_caller(workers):
    def fail_at_three(item):
        if item == 3:
            raise ValueError("three")
        return item

    results = map_ahead(fail_at_three, range(10), workers)
    assert [next(results) for _ in range(3)] == [0, 1, 2]
    with pytest.raises(ValueError, match="three"):
        next(results)


def test_leaving_early_ends_the_threads():
    before = threading.active_count()
    results = map_ahead(str, range(1000), 3)
    next(results)
    results.close()
    assert threading.active_count() == before
