import numpy as np
from simulation.urn import Urn

OFTEN = np.array([50.0, 30.0, 0.0, 15.0, 5.0])
LINE = np.array([3, 0, 2, 1, 4])


def test_labels_have_balls_by_how_common_they_are_and_stand_by_topic() -> None:
    urn = Urn.of(OFTEN, LINE, topics=2)
    shares = np.bincount(urn.balls, minlength=5) / len(urn.balls)
    assert np.abs(shares - OFTEN / 100).max() < 0.005
    # Two labels in the first topic, 3 and 0, and three in the second.
    first, second = (set(part) for part in np.split(urn.balls, urn.starts[1:-1]))
    assert first == {0, 3}
    assert second == {1, 4}


def test_draws_follow_the_balls_of_all_or_of_the_topic() -> None:
    urn = Urn.of(OFTEN, LINE, topics=2)
    random = np.random.default_rng(0)
    draws = 40_000
    for topic, expected in (
        (-1, OFTEN),
        (0, OFTEN * [1, 0, 0, 1, 0]),
        (1, OFTEN * [0, 1, 0, 0, 1]),
    ):
        drawn = np.bincount(urn.labels(np.full(draws, topic), random), minlength=5) / draws
        assert np.abs(drawn - expected / expected.sum()).max() < 0.01
    topics = urn.topics((draws, 2), random)
    assert topics.shape == (draws, 2)
    assert abs(topics.mean() - 0.35) < 0.01


def test_topics_without_balls_are_never_drawn() -> None:
    urn = Urn.of(np.array([0.0, 0.0, 1.0]), np.arange(3), topics=10)
    random = np.random.default_rng(0)
    assert set(urn.labels(urn.topics((1, 100), random)[0], random)) == {2}
