"""Appendix on equal decoders: is a gain that of the method, or of its decoder's prior?

The paper's method and logistic regression are read with the same family of decoders, score + s ·
log prior, and s is chosen for each method, metric and seed on the validation images. The method as
delivered has one decoder for all of its metrics: here alone each metric has its own.
"""

from collections.abc import Iterable, Sequence

import numpy as np

from labelsphere.arrays import IntArray
from labelsphere.comparison.experiment import Experiment
from labelsphere.comparison.judging import as_measured
from labelsphere.comparison.method_runs import MethodRuns
from labelsphere.comparison.results import EqualDecoders, Measured
from labelsphere.comparison.statistics import paired_difference
from labelsphere.comparison.trainings import Plan, trained_tagger
from labelsphere.metrics import Evaluation
from labelsphere.recipes import Recipe
from labelsphere.tagger.decoders import log_prior
from labelsphere.tagger.decoders.fitting import MOST_FITTED_IMAGES
from labelsphere.tagger.device_scores import rank_on_device

BASELINE, METHOD = "logistic", "paper"

CHOSEN_BY = ("precision@1", "precision@5", "image_ap", "map@100", "weighted_map@100")
"""Metrics that a prior changes: AP per class compares images of one tag, which it moves alike."""

SCALES = (
    *(-4.0, -3.0, -2.3, -1.6, -1.1, -0.75, -0.5, -0.33, -0.22, -0.15, -0.1, -0.05, -0.02),
    *(0.0, 0.02, 0.05, 0.1, 0.2, 0.4, 0.8, 1.5),
)
"""Values of s. Log-odds have the prior's unit, cosines about a tenth: one grid spans both."""


def compare_with_equal_decoders(
    experiment: Experiment, finished: Sequence[MethodRuns]
) -> EqualDecoders | None:
    """Compare the paper's method with logistic regression, each metric under its best prior.

    Args:
        experiment: Data and settings.
        finished: The methods and their trainings.

    Returns:
        None where one of the two is not among the methods, or no seed of both came to its end.
    """
    found = {
        of_method.method.name: {
            plan.seed: _measured(experiment, of_method.method, plan) for plan in of_method.plans
        }
        for of_method in finished
        if of_method.method.name in (BASELINE, METHOD)
    }
    seeds = [seed for seed in found.get(METHOD, {}) if seed in found.get(BASELINE, {})]
    if not seeds:
        return None
    return EqualDecoders(
        METHOD,
        BASELINE,
        scales={
            name: {
                metric: tuple(seed[metric][0] for seed in found[name].values())
                for metric in CHOSEN_BY
            }
            for name in (BASELINE, METHOD)
        },
        differences={
            metric: paired_difference(
                BASELINE,
                metric,
                [
                    (found[METHOD][seed][metric][1], found[BASELINE][seed][metric][1])
                    for seed in seeds
                ],
            )
            for metric in CHOSEN_BY
        },
    )


def _measured(
    experiment: Experiment, method: Recipe, plan: Plan
) -> dict[str, tuple[float, Measured]]:
    """For each metric the scale that is best on validation, and the metrics on test with it."""
    tagger, protocol = trained_tagger(experiment, method, plan), experiment.protocol
    decoder, prior = tagger.decoder(), log_prior(tagger.labels.counts, tagger.labels.n_images)

    def evaluated(rows: IntArray, scales: Iterable[float]) -> dict[float, Evaluation]:
        points, found = tagger.points(experiment.inputs, rows), {}
        for scale in scales:
            scores = rank_on_device(points, decoder.plus(scale * prior))
            found[scale] = experiment.evaluate(scores, rows, per_class=False)
        return found

    # As many images as the decoder's weights are fitted on.
    drawn = np.random.default_rng(0).permutation(protocol.val)[:MOST_FITTED_IMAGES]
    on_val = evaluated(drawn, SCALES)
    # Of equal values the smallest correction wins.
    best = {
        metric: max(SCALES, key=lambda scale: (on_val[scale].values[metric], -abs(scale)))
        for metric in CHOSEN_BY
    }
    on_test = {
        scale: as_measured(evaluation, experiment.settings.resamples)
        for scale, evaluation in evaluated(protocol.test, set(best.values())).items()
    }
    return {metric: (scale, on_test[scale]) for metric, scale in best.items()}
