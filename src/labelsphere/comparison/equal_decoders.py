"""Appendix on equal decoders: is a gain that of the method, or of its decoder's prior?

The paper's method and logistic regression are read with the same family of decoders, score + s ·
log prior, and s is chosen for each method, metric and seed on the validation images. The method as
delivered has one decoder for all of its metrics: here alone each metric has its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from labelsphere.arrays import FloatArray, IntArray
from labelsphere.comparison.experiment import Experiment
from labelsphere.comparison.judging import as_measured
from labelsphere.comparison.results import EqualDecoders, Measured
from labelsphere.comparison.statistics import drawn_values, paired_difference
from labelsphere.comparison.trainings import Plan, trained_tagger
from labelsphere.metrics import Scores
from labelsphere.recipes import Recipe
from labelsphere.tagger.decoders import log_prior
from labelsphere.tagger.decoders.fitting import MOST_FITTED_IMAGES
from labelsphere.tagger.scores import DecodedScores

BASELINE, METHOD = "logistic", "paper"

CHOSEN_BY = ("precision@1", "precision@5", "image_ap", "map@100", "weighted_map@100")
"""Metrics that a prior changes: AP per class compares images of one tag, which it moves alike."""

SCALES = (
    *(-4.0, -3.0, -2.3, -1.6, -1.1, -0.75, -0.5, -0.33, -0.22, -0.15, -0.1, -0.05, -0.02),
    *(0.0, 0.02, 0.05, 0.1, 0.2, 0.4, 0.8, 1.5),
)
"""Values of s. Log-odds have the prior's unit, cosines about a tenth: one grid spans both."""


@dataclass(frozen=True)
class ShiftedScores:
    """Scores with something added to each label's.

    Attributes:
        scores: Of images over labels.
        shift: (labels,) float32.
    """

    scores: Scores
    shift: FloatArray

    @property
    def shape(self) -> tuple[int, int]:
        """Images, labels."""
        return self.scores.shape

    def rows(self, start: int, stop: int) -> FloatArray:
        """Scores of some images over all labels, (stop − start, labels) float32."""
        return self.scores.rows(start, stop) + self.shift

    def columns(self, start: int, stop: int) -> FloatArray:
        """Scores of all images for some labels, (images, stop − start) float32."""
        return self.scores.columns(start, stop) + self.shift[start:stop]


def compare_with_equal_decoders(
    experiment: Experiment, chosen: Sequence[tuple[Recipe, Sequence[Plan]]]
) -> EqualDecoders | None:
    """Compare the paper's method with logistic regression, each metric under its best prior.

    Args:
        experiment: Data and settings.
        chosen: The methods and their finished trainings.

    Returns:
        None where one of the two is not among the methods.
    """
    plans = {method.name: (method, found) for method, found in chosen}
    if not {BASELINE, METHOD} <= plans.keys():
        return None
    read = {
        name: [_read(experiment, plans[name][0], plan) for plan in plans[name][1]]
        for name in (BASELINE, METHOD)
    }
    seeds = {name: [plan.seed for plan in plans[name][1]] for name in read}
    both = [seed for seed in seeds[METHOD] if seed in seeds[BASELINE]]
    found = {}
    for metric in CHOSEN_BY:
        pairs = [
            tuple(read[name][seeds[name].index(seed)][metric][1] for name in (METHOD, BASELINE))
            for seed in both
        ]
        found[metric] = paired_difference(
            BASELINE,
            [(own.values[metric], other.values[metric]) for own, other in pairs],
            [
                (drawn_values(own.resampled[metric]), drawn_values(other.resampled[metric]))
                for own, other in pairs
            ],
        )
    scales = {
        name: {metric: tuple(of_seed[metric][0] for of_seed in found) for metric in CHOSEN_BY}
        for name, found in read.items()
    }
    return EqualDecoders(METHOD, BASELINE, scales, found)


def _read(experiment: Experiment, method: Recipe, plan: Plan) -> dict[str, tuple[float, Measured]]:
    """For each metric the scale that is best on validation, and the metrics on test with it."""
    tagger, protocol = trained_tagger(experiment, method, plan), experiment.protocol
    labels, decoder = tagger.labels, tagger.decoder()
    prior = log_prior(labels.counts, labels.n_images).numpy()

    def scores(rows: IntArray) -> DecodedScores:
        return DecodedScores(tagger.points(experiment.inputs, rows), decoder)

    def shifted(plain: Scores, scale: float) -> ShiftedScores:
        return ShiftedScores(plain, np.float32(scale) * prior)

    # As many images as the decoder's weights are fitted on.
    drawn = np.random.default_rng(0).permutation(protocol.val)[:MOST_FITTED_IMAGES]
    val, test = scores(drawn), scores(protocol.test)
    tried = {
        scale: experiment.evaluate(shifted(val, scale), drawn, per_class=False).values
        for scale in SCALES
    }
    # Of equal values the smallest correction wins.
    best = {
        metric: max(SCALES, key=lambda scale: (tried[scale][metric], -abs(scale)))
        for metric in CHOSEN_BY
    }
    measured = {
        scale: as_measured(
            experiment.evaluate(shifted(test, scale), protocol.test, per_class=False),
            experiment.settings.resamples,
        )
        for scale in set(best.values())
    }
    return {metric: (scale, measured[scale]) for metric, scale in best.items()}
