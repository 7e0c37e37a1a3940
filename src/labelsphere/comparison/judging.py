"""A trained tagger's metrics on the test images, as it is delivered."""

from dataclasses import dataclass
from math import isnan

from labelsphere.comparison.experiment import Experiment
from labelsphere.comparison.kept import once
from labelsphere.comparison.results import Measured, Run
from labelsphere.comparison.trainings import Plan, path_of, train, trained_tagger
from labelsphere.metrics import Evaluation
from labelsphere.recipes import Recipe
from labelsphere.tagger import Tagger
from labelsphere.tagger.device_scores import rank_on_device


@dataclass(frozen=True)
class Judged:
    """Metrics on the test images with the default and with the ``specific`` decoder."""

    default: Measured
    specific: Measured


def judge(experiment: Experiment, method: Recipe, plan: Plan) -> Run | None:
    """Train, and measure on the test images; None where the training diverged."""
    training = train(experiment, method, plan)
    if training.diverged is not None:
        return None

    def work() -> Judged:
        return measure(experiment, trained_tagger(experiment, method, plan))

    beside = f".judged-{experiment.settings.resamples}.json"
    judged = once(path_of(experiment, method, plan).with_suffix(beside), Judged, work)
    return Run(
        seed=plan.seed,
        rate=plan.rate,
        steps=plan.steps,
        best_step=training.best_step,
        seconds=training.seconds,
        peak_memory_gib=training.peak_memory_gib,
        weights=training.weights,
        curve=training.curve,
        default=judged.default,
        specific=judged.specific,
    )


def measure(experiment: Experiment, tagger: Tagger) -> Judged:
    """Metrics of a tagger on the test images, with the default and the ``specific`` decoder."""
    rows = experiment.protocol.test
    points = tagger.points(experiment.inputs, rows)

    def measured(*, specific: bool) -> Measured:
        scores = rank_on_device(points, tagger.decoder(specific=specific))
        # A prior moves all images' scores for a tag alike: AP per class is the same with both.
        evaluation = experiment.evaluate(scores, rows, per_class=not specific)
        return as_measured(evaluation, experiment.settings.resamples)

    return Judged(measured(specific=False), measured(specific=True))


def as_measured(evaluation: Evaluation, resamples: int) -> Measured:
    """Values, values by frequency, and values over bootstrap draws of an evaluation."""
    return Measured(
        evaluation.values,
        evaluation.by_frequency,
        {
            key: tuple(None if isnan(value) else value for value in drawn.tolist())
            for key, drawn in evaluation.resampled(resamples).items()
        },
    )
