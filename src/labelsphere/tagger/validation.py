"""Validation during training."""

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
    """Return the validation function of a training, for `Hooks.evaluate`.

    Args:
        tagger: The tagger in training.
        tags: Annotations over the tagger's labels.
        inputs: Images or feature vectors, one per row of ``tags``.
        rows: Validation rows, int64.
        progress: Called with the number of finished rows and of all.

    Returns:
        A function of the step and the seconds of training. It computes all metrics except those
        that need a separate pass over all classes.
    """

    def measure(step: int, seconds: float) -> ValidationPoint:
        # Validate with the decoder of the final tagger: an unfitted one ranks differently and
        # would select other weights.
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
    """Compute the steps that end an epoch, and the last step, with the number of epochs.

    Args:
        rows: Training rows.
        groups: Group of each row of the table, or None.
        settings: Settings with the number of steps and the batch size.
    """
    of_rows = None if groups is None else groups[rows]
    steps_per_epoch = EpochOrder(len(rows), settings.batch_size, 0, of_rows).steps_per_epoch
    steps = settings.total_steps(steps_per_epoch)
    ends = [*range(steps_per_epoch, steps, steps_per_epoch), steps]
    return {step: step / steps_per_epoch for step in ends}
