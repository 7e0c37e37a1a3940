"""Measuring a tagger while it is trained."""

from collections.abc import Callable

from labelsphere.annotations import Annotations
from labelsphere.arrays import IntArray
from labelsphere.metrics import evaluate
from labelsphere.tagger.inputs import EpochOrder, Inputs, Progress
from labelsphere.tagger.settings import TrainingSettings
from labelsphere.tagger.trainable_tagger import TrainableTagger
from labelsphere.tagger.validation_point import ValidationPoint


def validation_hook(
    tagger: TrainableTagger,
    tags: Annotations,
    inputs: Inputs,
    rows: IntArray,
    *,
    progress: Progress | None = None,
) -> Callable[[int, float], ValidationPoint]:
    """Return the function that measures a network in training, for `Hooks.evaluate`.

    Args:
        tagger: The tagger in training.
        tags: Annotations over the tagger's labels.
        inputs: Images or feature vectors, one a row of ``tags``.
        rows: Rows to measure on, int64.
        progress: Called with the number of them done and of all.

    Returns:
        A function of steps done and seconds of training. Its values are all metrics but those
        that need a pass of their own over all classes.
    """

    def measure(step: int, seconds: float) -> ValidationPoint:
        # Network weights are judged with the decoder that they would be delivered with: an
        # unfitted one ranks differently, and picks other weights.
        tagger.fit_decoder(inputs, tags.matrix, rows, ranking_only=True)
        evaluation = evaluate(
            tagger.scores(inputs, rows, progress=progress),
            tags.matrix[rows],
            label_counts=tagger.labels.counts,
            n_images=tagger.labels.n_images,
            per_class=False,
        )
        return ValidationPoint(step, seconds, evaluation.values)

    return measure


def epoch_ends(
    rows: IntArray, groups: IntArray | None, settings: TrainingSettings
) -> dict[int, float]:
    """Epochs done after the steps that end an epoch, the last step of all included.

    Args:
        rows: Rows to train on.
        groups: Group of each row of the table, or None.
        settings: Budget and batch size.
    """
    of_rows = None if groups is None else groups[rows]
    steps_per_epoch = EpochOrder(len(rows), settings.batch_size, 0, of_rows).steps_per_epoch
    steps = settings.total_steps(steps_per_epoch)
    ends = [*range(steps_per_epoch, steps, steps_per_epoch), steps]
    return {step: step / steps_per_epoch for step in ends}
