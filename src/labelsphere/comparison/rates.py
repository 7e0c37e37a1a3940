"""A learning rate for each method, chosen on the validation images from one grid for all."""

from typing import Any

from labelsphere.comparison.bench import Bench
from labelsphere.comparison.budget import rate_steps
from labelsphere.comparison.runs import Plan, validate_run
from labelsphere.recipes import Recipe

CRITERION = "score on val"
"""What a rate is chosen by, see `validation_score`."""

CRITERION_DEFINITION = (
    "Geometric mean of MAP@100, weighted MAP@100, AP per image, P@1 and P@5 on the validation "
    "images, each under the decoder of the grid that is best for it there: no single figure, and "
    "no decoder, decides on a rate."
)


def choose_rate(
    bench: Bench, method: Recipe, share: float = 1.0, *, constant: bool = False
) -> dict[str, Any]:
    """The rate of the grid with the highest score on the validation images.

    Each is tried with the first seed, for a share of the budget's steps (``rate_share``) with a
    whole schedule of their own. A rate with which the training diverges scores 0.

    Args:
        bench: The comparison.
        method: The method.
        share: Share of the steps that the method is to be trained for.
        constant: Whether the rate is to stay constant.

    Returns:
        ``chosen``, ``criterion``, and ``grid``: rates and scores. The grid is empty where there is
        but one rate, and nothing to choose.
    """
    rates, grid = bench.settings.rates, []
    if len(rates) > 1:
        steps = rate_steps(bench, share)
        for rate in rates:
            plan = Plan(rate, bench.settings.seeds[0], steps, constant)
            grid.append({"rate": rate, "score": validate_run(bench, method, plan)["score"]})
    best = max(grid, key=lambda point: point["score"], default={"rate": rates[0]})
    return {"chosen": best["rate"], "criterion": CRITERION, "grid": grid}
