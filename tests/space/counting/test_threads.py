"""Pieces of work side by side: each done once, results in order, errors passed on."""

import pytest

from labelsphere.space.counting.threads import in_threads


@pytest.mark.parametrize("pieces", [0, 1, 5])
@pytest.mark.parametrize("threads", [1, 2, 8])
def test_every_piece_is_done_once_and_results_keep_their_order(pieces: int, threads: int) -> None:
    done: list[int] = []
    assert in_threads(lambda n: done.append(n) or n * n, pieces, threads) == [
        n * n for n in range(pieces)
    ]
    assert sorted(done) == list(range(pieces))


@pytest.mark.parametrize("threads", [1, 2])
def test_an_error_in_a_piece_is_raised(threads: int) -> None:
    with pytest.raises(ZeroDivisionError):
        in_threads(lambda n: 1 // (n - 1), 3, threads)
