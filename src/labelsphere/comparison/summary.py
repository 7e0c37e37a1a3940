"""From runs to what a method achieves: means over seeds, intervals, steps to the baseline."""

from collections.abc import Sequence
from typing import Any

from labelsphere.comparison.decoding import AS_TRAINED, CRITERION

BASELINE = "logistic"


def summarise(runs: Sequence[dict[str, Any]]) -> dict[str, dict[str, dict[str, Any]]]:
    """Each decoder's figures over a method's seeds.

    ``mean`` is over seeds; ``low`` and ``high`` are the means of the seeds' bootstrap intervals
    over the test images, so they hold the uncertainty of the test set, not that of training,
    which ``seeds`` shows.

    Args:
        runs: The runs of one method, as in the results.
    """
    return {
        decoder: {
            metric: {
                "mean": _mean([run["decoders"][decoder]["values"][metric] for run in runs]),
                "low": _mean([run["decoders"][decoder]["intervals"][metric][0] for run in runs]),
                "high": _mean([run["decoders"][decoder]["intervals"][metric][1] for run in runs]),
                "seeds": [run["decoders"][decoder]["values"][metric] for run in runs],
            }
            for metric in runs[0]["decoders"][decoder]["values"]
        }
        for decoder in runs[0]["decoders"]
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


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
