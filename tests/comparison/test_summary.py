from typing import Any

import pytest

from labelsphere.comparison.summary import steps_to_baseline, summarise

Run = dict[str, Any]


def run(final: float, curve: tuple[float, ...], drawn: tuple[float, ...] = (0.1, 0.2)) -> Run:
    points = [{"step": 100 * (i + 1), "values": {"map@100": v}} for i, v in enumerate(curve)]
    figures = {
        "values": {"map@100": final},
        "intervals": {"map@100": [0.0, 1.0]},
        "resampled": {"map@100": list(drawn)},
    }
    return {"curve": points, "decoders": {"as trained": figures}}


BASELINE = [run(0.30, (0.1, 0.2, 0.25, 0.30)), run(0.20, (0.1, 0.1, 0.15, 0.20))]


@pytest.mark.parametrize(
    ("curves", "steps", "share"),
    [
        # The target is (0.30 + 0.20) / 2 = 0.25; the means over two seeds are compared with it.
        ([(0.1, 0.3, 0.4, 0.4), (0.1, 0.2, 0.2, 0.4)], 200, 0.5),
        ([(0.1, 0.2, 0.2, 0.26), (0.1, 0.2, 0.2, 0.24)], 400, 1.0),
        ([(0.1, 0.2, 0.2, 0.24), (0.1, 0.2, 0.2, 0.24)], None, None),
        # Reached counts, even where it is lost again.
        ([(0.5, 0.1, 0.1, 0.1), (0.5, 0.1, 0.1, 0.1)], 100, 0.25),
    ],
)
def test_steps_to_baseline_by_hand(
    curves: list[tuple[float, ...]], steps: int | None, share: float | None
) -> None:
    runs = [run(curve[-1], curve) for curve in curves]
    assert steps_to_baseline(runs, BASELINE) == {
        "baseline": "logistic",
        "metric": "map@100",
        "target": 0.25,
        "steps": steps,
        "share": share,
    }


def test_the_baseline_reaches_itself_at_the_end() -> None:
    found = steps_to_baseline(BASELINE, BASELINE)
    assert found is not None
    assert found["steps"] == 400


def test_without_a_baseline_there_is_nothing_to_reach() -> None:
    assert steps_to_baseline(BASELINE, None) is None


def test_the_mean_is_over_seeds_and_its_interval_over_draws_of_that_mean() -> None:
    runs = [run(0.3, (0.3,), (0.25, 0.30, 0.35)), run(0.5, (0.5,), (0.55, 0.50, 0.45))]
    found = summarise(runs)["as trained"]["map@100"]
    assert found["mean"] == pytest.approx(0.4)
    assert found["seeds"] == [0.3, 0.5]
    # Draw by draw the seeds' deviations cancel: their mean is 0.4 each time.
    assert found["low"] == pytest.approx(0.4)
    assert found["high"] == pytest.approx(0.4)
