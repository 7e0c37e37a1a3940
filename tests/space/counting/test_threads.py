"""Work side by side: each piece done once, results in order, errors passed on."""

import pytest

from labelsphere.space.counting.threads import in_threads


@pytest.mark.parametrize("threads", [1, 2, 8])
def test_every_piece_is_done_once_and_results_keep_their_order(threads: int) -> None:
    done: list[int] = []
    squares = in_threads(lambda n: done.append(n) or n * n, threads)
    assert squares == [n * n for n in range(threads)]
    assert sorted(done) == list(range(threads))


@pytest.mark.parametrize("threads", [1, 2])
def test_an_error_in_a_piece_is_raised(threads: int) -> None:
    with pytest.raises(ZeroDivisionError):
        in_threads(lambda n: 1 // n, threads)
