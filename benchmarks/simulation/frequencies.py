"""How often labels occur: Zipf's law with a head and a tail that meet published figures."""

import numpy as np
from scipy.optimize import brentq
from scipy.special import gammaincc

from labelsphere.arrays import DoubleArray
from simulation.settings import SimulationSettings

_FLATTEST, _STEEPEST = 0.01, 6.0
_EXACT_RANKS = 512
_RANKS_PER_E = 100


def expected_occurrences(settings: SimulationSettings) -> DoubleArray:
    """Images of each label by its rank, the most common first.

    Zipf's law as Mandelbrot has it, max(1, c / (rank + q)^s): c gives the number of tags, q is
    the smallest that keeps the most common label within its share of the images, and s gives the
    median that comes out of draws at random. Where no exponent s gives it, the nearest that is
    tried stands.

    Args:
        settings: Numbers of images, labels and tags, median and most common label.

    Returns:
        (labels,) float64, falling, 1 or more, summing to the number of tags.

    Examples:
        >>> settings = SimulationSettings(1000, 100, 5, median_share=0.5, most_common=0.5)
        >>> often = expected_occurrences(settings)
        >>> round(often.sum()), round(np.median(often)), bool(often[0] <= 500)
        (5000, 25, True)
    """
    ranks, weights = _some_ranks(settings.labels)
    wanted = settings.median_share * settings.tags / settings.labels

    def median_above(exponent: float) -> float:
        law = _fitted(ranks, weights, exponent, settings)
        # Occurrences scatter around what is expected, which lifts their median above its own:
        # each is one for sure, and a Poisson number of further ones.
        below = gammaincc(max(wanted - 0.5, 1e-9), law - 1)
        return 0.5 - float(below @ weights) / settings.labels

    if median_above(_FLATTEST) <= 0:
        exponent = _FLATTEST
    elif median_above(_STEEPEST) >= 0:
        exponent = _STEEPEST
    else:
        exponent = brentq(median_above, _FLATTEST, _STEEPEST, xtol=1e-6)
    offset = _offset(ranks, weights, exponent, settings)
    every = np.arange(1.0, settings.labels + 1)
    return _scaled((every + offset) ** -exponent, np.ones(len(every)), settings.tags)


def _fitted(
    ranks: DoubleArray, weights: DoubleArray, exponent: float, settings: SimulationSettings
) -> DoubleArray:
    offset = _offset(ranks, weights, exponent, settings)
    return _scaled((ranks + offset) ** -exponent, weights, settings.tags)


def _offset(
    ranks: DoubleArray, weights: DoubleArray, exponent: float, settings: SimulationSettings
) -> float:
    """Mandelbrot's q: 0, or what brings the most common label down to its share."""
    limit = settings.most_common * settings.images

    def head_above(log_offset: float) -> float:
        shape = (ranks + np.expm1(log_offset)) ** -exponent
        return float(_scaled(shape, weights, settings.tags)[0]) - limit

    # Far beyond the last rank all labels are as common as each other.
    farthest = np.log(1e3 * settings.labels)
    if head_above(0.0) <= 0:
        return 0.0
    if head_above(farthest) >= 0:
        return float(np.expm1(farthest))
    return float(np.expm1(brentq(head_above, 0.0, farthest, xtol=1e-9)))


def _scaled(shape: DoubleArray, weights: DoubleArray, total: int) -> DoubleArray:
    """max(1, c · shape) with the c that makes the weighted sum the total; shape falls."""
    if weights.sum() >= total:
        return np.ones(len(shape))
    # The first n labels are above 1 for the c of that n: the largest n for which this is true.
    above, below = np.cumsum(weights * shape), weights.sum() - np.cumsum(weights)
    scales = (total - below) / above
    fits = np.flatnonzero(scales * shape >= 1)
    scale = scales[fits[-1]] if len(fits) else scales[0]
    law: DoubleArray = np.maximum(1.0, scale * shape)
    return law


def _some_ranks(labels: int) -> tuple[DoubleArray, DoubleArray]:
    """Ranks that stand for all of them, each with the number that it stands for."""
    if labels <= 4 * _EXACT_RANKS:
        return np.arange(1.0, labels + 1), np.ones(labels)
    steps = int(_RANKS_PER_E * np.log(labels / _EXACT_RANKS)) + 1
    borders = np.unique(np.geomspace(_EXACT_RANKS, labels, steps).astype(np.int64))
    first = np.arange(1.0, _EXACT_RANKS + 1)
    ranks = np.concatenate([first, (borders[:-1] + 1 + borders[1:]) / 2])
    return ranks, np.concatenate([np.ones(len(first)), np.diff(borders).astype(np.float64)])
