import numpy as np

from labelsphere.metrics.image_values import ImageValues, sum_by_image
from labelsphere.metrics.true_ranks import TrueRanks

RANKS = TrueRanks(3, np.array([0, 0, 2]), np.array([0, 1, 0]), np.array([1, 2, 3]))


def test_sums_by_image() -> None:
    assert sum_by_image(RANKS, np.array([1.0, 2.0, 4.0])).tolist() == [3, 0, 4]


def test_images_without_tags_are_left_out_of_the_mean() -> None:
    figures = ImageValues.mean_over_tagged(np.array([0.5, 9.0, 1.0]), RANKS)
    assert figures.average(np.ones((3, 1))).tolist() == [0.75]


def test_weights_count_an_image_more_than_once() -> None:
    figures = ImageValues.mean_over_tagged(np.array([0.5, 9.0, 1.0]), RANKS)
    # Two sets of weights: image 0 twice and image 2 once: (0.5 + 0.5 + 1) / 3; only image 1: none.
    weights = np.array([[2.0, 0.0], [5.0, 1.0], [1.0, 0.0]])
    first, second = figures.average(weights)
    assert first == 2 / 3
    assert np.isnan(second)
