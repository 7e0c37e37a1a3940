import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelsphere.errors import UsageError
from labelsphere.tagger.inputs import EpochOrder


def epoch_of(order, epoch):
    first = epoch * order.steps_per_epoch
    return np.concatenate([order.rows(first + i) for i in range(order.steps_per_epoch)])


@given(st.integers(1, 60), st.integers(1, 70), st.integers(0, 2**32), st.integers(0, 5))
def test_each_row_once_an_epoch(n, batch_size, seed, epoch):
    order = EpochOrder(n, batch_size, seed, drop_last=False)
    rows = epoch_of(order, epoch)
    assert sorted(rows.tolist()) == list(range(n))
    assert rows.dtype == np.int64


@given(st.integers(1, 60), st.integers(1, 70), st.integers(0, 9))
def test_whole_batches_where_the_last_is_dropped(n, batch_size, seed):
    order = EpochOrder(n, batch_size, seed)
    sizes = {len(order.rows(step)) for step in range(3 * order.steps_per_epoch)}
    assert sizes == {min(n, batch_size)}
    assert order.steps_per_epoch == max(1, n // batch_size)
    rows = epoch_of(order, 1)
    assert len(set(rows.tolist())) == len(rows)


@given(st.lists(st.integers(0, 8), min_size=1, max_size=40), st.integers(1, 9), st.integers(0, 99))
def test_one_member_of_each_group_an_epoch(groups, batch_size, seed):
    order = EpochOrder(len(groups), batch_size, seed, np.array(groups), drop_last=False)
    for epoch in range(3):
        taken = [groups[row] for row in epoch_of(order, epoch)]
        assert sorted(taken) == sorted(set(groups))


def test_every_member_of_a_group_is_met_about_equally_often():
    groups = np.array([7, 3, 7, 7, 3, 9])
    order = EpochOrder(6, 3, seed=0, groups=groups)
    met = np.bincount(np.concatenate([order.rows(step) for step in range(3000)]), minlength=6)
    np.testing.assert_allclose(met, [1000, 1500, 1000, 1000, 1500, 3000], rtol=0.1)


@given(st.integers(1, 40), st.integers(1, 9), st.integers(0, 99), st.data())
def test_a_step_does_not_depend_on_the_steps_before(n, batch_size, seed, data):
    groups = data.draw(st.none() | st.just(np.arange(n) // 3))
    straight = EpochOrder(n, batch_size, seed, groups)
    rows = [straight.rows(step).tolist() for step in range(20)]
    step = data.draw(st.integers(0, 19))
    assert EpochOrder(n, batch_size, seed, groups).rows(step).tolist() == rows[step]
    assert straight.rows(step).tolist() == rows[step]


def test_epochs_and_seeds_differ():
    order = EpochOrder(100, 100, seed=1)
    orders = [order.rows(0), order.rows(1), EpochOrder(100, 100, seed=2).rows(0)]
    assert len({tuple(rows.tolist()) for rows in orders}) == 3


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"n_rows": 0}, "no rows"),
        ({"batch_size": 0}, "batch size must be at least 1, but got 0"),
        ({"seed": -1}, "seed must not be negative, but got -1"),
        ({"groups": np.zeros(3)}, "groups must be 5, one per row, but got 3"),
    ],
)
def test_bad_arguments(arguments, message):
    with pytest.raises(UsageError, match=message):
        EpochOrder(**({"n_rows": 5, "batch_size": 2} | arguments))
