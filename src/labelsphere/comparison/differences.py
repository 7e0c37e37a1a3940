"""How far one method is above another, over the same draws of test images and of seeds."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from labelsphere.arrays import DoubleArray
from labelsphere.metrics import centred_interval

Run = dict[str, Any]


def difference(
    runs: Sequence[Run], others: Sequence[Run], decoder: str, metric: str
) -> dict[str, float] | None:
    """The mean over seeds of one method less that of another, with its 95 % interval.

    Paired in both: all runs are measured on the same bootstrap draws of the test images, so that
    what makes a draw easy or hard for both cancels out; and seeds are drawn with replacement, the
    same for both methods, since equal seeds begin with the same backbone and the same order of
    images. The interval so holds the chance of the test set and that of training, the latter as
    far as so few seeds can show it; with one seed, that of the test set alone.

    Args:
        runs: The runs of one method.
        others: The runs of the other, over the same test images.
        decoder: Name of the decoder of both.
        metric: Key of the figure.

    Returns:
        ``difference``, ``low``, ``high``, and ``relative``: the difference as a share of the
        other's figure. None where no seed finished under both, or one has no such figure.
    """
    pairs = _pairs(runs, others, decoder, metric)
    if not pairs:
        return None
    gains = [_value(a, decoder, metric) - _value(b, decoder, metric) for a, b in pairs]
    base = sum(_value(b, decoder, metric) for _, b in pairs) / len(pairs)
    drawn = np.stack([_drawn(a, decoder, metric) - _drawn(b, decoder, metric) for a, b in pairs])
    gain = sum(gains) / len(gains)
    low, high = centred_interval(gain, _over_seeds(drawn))
    found = {"difference": gain, "low": low, "high": high}
    return found | ({"relative": gain / base} if base > 0 else {})


def _pairs(
    runs: Sequence[Run], others: Sequence[Run], decoder: str, metric: str
) -> list[tuple[Run, Run]]:
    """Runs of the same seed that both have the figure."""
    by_seed = {run["seed"]: run for run in others if _has(run, decoder, metric)}
    return [
        (run, by_seed[run["seed"]])
        for run in runs
        if run["seed"] in by_seed and _has(run, decoder, metric)
    ]


def _over_seeds(drawn: DoubleArray) -> DoubleArray:
    """Means over seeds drawn with replacement, one draw for each draw of images.

    Args:
        drawn: (seeds, resamples) float64.

    Returns:
        (resamples,) float64.
    """
    seeds, resamples = drawn.shape
    chosen = np.random.default_rng(0).integers(seeds, size=(seeds, resamples))
    means: DoubleArray = np.take_along_axis(drawn, chosen, axis=0).mean(axis=0)
    return means


def _has(run: Run, decoder: str, metric: str) -> bool:
    return metric in run["decoders"].get(decoder, {}).get("values", {})


def _value(run: Run, decoder: str, metric: str) -> float:
    return float(run["decoders"][decoder]["values"][metric])


def _drawn(run: Run, decoder: str, metric: str) -> DoubleArray:
    return np.asarray(run["decoders"][decoder]["resampled"][metric], np.float64)
