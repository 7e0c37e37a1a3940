"""From runs to what a method achieves: means over seeds, intervals, steps to the baseline."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from labelsphere.arrays import DoubleArray
from labelsphere.comparison.decoder_names import AS_TRAINED
from labelsphere.metrics import centred_interval

BASELINE = "logistic"
CRITERION = "map@100"


def summarise(runs: Sequence[dict[str, Any]]) -> dict[str, dict[str, dict[str, Any]]]:
    """Each decoder's figures over a method's seeds.

    Args:
        runs: The runs of one method.

    Returns:
        By decoder and metric: ``mean`` over seeds; ``low`` and ``high`` of its bootstrap interval
        over the test images, which holds the chance of the test set and not that of training;
        ``seeds``, the value of each, which shows the latter.
    """
    return {
        decoder: {metric: _summary(runs, decoder, metric) for metric in found["values"]}
        for decoder, found in runs[0]["decoders"].items()
    }


def steps_to_baseline(
    runs: Sequence[dict[str, Any]], baseline: Sequence[dict[str, Any]] | None
) -> dict[str, Any] | None:
    """When a method first has the baseline's final figure (§4.4.2, Figure 1).

    Read off the evaluations along the training, means over seeds, as trained: the first one at
    or above the target, so the true step may be up to one evaluation earlier.

    Args:
        runs: The method's runs.
        baseline: The baseline's runs, or None where it was not compared.

    Returns:
        Target, steps and their share of the budget, both None where it was never reached.
    """
    if baseline is None:
        return None
    target = _mean([run["decoders"][AS_TRAINED]["values"][CRITERION] for run in baseline])
    points = [
        (at[0]["step"], _mean([point["values"][CRITERION] for point in at]))
        for at in zip(*(run["curve"] for run in runs), strict=True)
    ]
    # The curve's last value is the final figure itself, computed in another pass: the last bits
    # may differ.
    reached = [step for step, value in points if value >= target - 1e-9]
    return {
        "baseline": BASELINE,
        "metric": CRITERION,
        "target": target,
        "steps": reached[0] if reached else None,
        "share": reached[0] / points[-1][0] if reached else None,
    }


def _summary(runs: Sequence[dict[str, Any]], decoder: str, metric: str) -> dict[str, Any]:
    seeds = _of_seeds(runs, decoder, metric)
    low, high = centred_interval(_mean(seeds), _drawn(runs, decoder, metric))
    return {"mean": _mean(seeds), "low": low, "high": high, "seeds": seeds}


def _of_seeds(runs: Sequence[dict[str, Any]], decoder: str, metric: str) -> list[float]:
    return [run["decoders"][decoder]["values"][metric] for run in runs]


def _drawn(runs: Sequence[dict[str, Any]], decoder: str, metric: str) -> DoubleArray:
    """The mean over seeds in each bootstrap draw of the test images, (resamples,) float64."""
    drawn = [run["decoders"][decoder]["resampled"][metric] for run in runs]
    mean: DoubleArray = np.asarray(drawn, np.float64).mean(axis=0)
    return mean


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
