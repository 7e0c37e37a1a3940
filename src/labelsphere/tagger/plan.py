"""A whole training: rows chosen, labels counted, network built, trained and validated."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from labelsphere.annotations import Annotations
from labelsphere.space import LabelSpace
from labelsphere.tagger.architecture import Architecture
from labelsphere.tagger.inputs import FeatureInputs, Inputs, Progress
from labelsphere.tagger.label_context import LabelContext
from labelsphere.tagger.settings import TrainingSettings
from labelsphere.tagger.tagger import Tagger
from labelsphere.tagger.training import Hooks, TrainingRecord
from labelsphere.tagger.training_rows import TrainingRows, choose_training_rows
from labelsphere.tagger.validation import epoch_ends, validation_hook


@dataclass(frozen=True)
class TrainingPlan:
    """Everything that decides a training but the data.

    Attributes:
        architecture: Backbone and objective.
        settings: How to train.
        space: Where the labels are, for an objective that needs to know.
        pretrained: See `labelsphere.tagger.network.build_network`.
        split: Column that names training and validation images; if None, all are trained on.
        group: Column whose equal values mark variants of one image.
        device: ``"auto"`` or ``"cpu"``.
        workers: Batches prepared ahead of the network.
    """

    architecture: Architecture
    settings: TrainingSettings
    space: LabelSpace | None = None
    pretrained: bool | str | Path = False
    split: str | None = None
    group: str | None = None
    device: str = "auto"
    workers: int = 0


@dataclass(frozen=True)
class Watch:
    """Who is told how a training goes.

    Attributes:
        on_read: Inputs looked at, and how many there are.
        on_start: The tagger before its first step, and the rows that it is trained on.
        on_step: Steps done, steps in all, and the batch's loss.
        on_validating: Validation images looked at, and how many there are.
        on_validation: Epochs done, and what the validation found.
    """

    on_read: Progress | None = None
    on_start: Callable[[Tagger, TrainingRows], None] | None = None
    on_step: Callable[[int, int, float], None] | None = None
    on_validating: Progress | None = None
    on_validation: Callable[[float, dict[str, Any]], None] | None = None


@dataclass(frozen=True)
class Trained:
    """What a training made.

    Attributes:
        tagger: The trained tagger.
        rows: What it was trained and validated on, and what was left out.
        record: Steps, seconds, losses, and a validation for each epoch.
    """

    tagger: Tagger
    rows: TrainingRows
    record: TrainingRecord


def run_training(
    plan: TrainingPlan,
    tags: Annotations,
    inputs: Inputs,
    *,
    checkpoint: Path | None = None,
    watch: Watch | None = None,
) -> Trained:
    """Train a tagger, and measure it on the validation images after each epoch.

    Labels are counted over the images that are trained on, one of each group.

    Args:
        plan: How.
        tags: Annotations over the labels to be learned, those of the space where there is one.
        inputs: Images or feature vectors, one a row of ``tags``. Features are standardised on
            the training rows.
        checkpoint: Folder for checkpoints; a training found there is resumed.
        watch: Who is told.

    Raises:
        UsageError: If a setting is unknown or contradicts another.
        DataError: If there is nothing to train on.
        ArtefactError: If the checkpoint found is damaged or of another training.
    """
    watch = watch or Watch()
    rows = choose_training_rows(
        tags, inputs, split=plan.split, group=plan.group, progress=watch.on_read
    )
    if isinstance(inputs, FeatureInputs):
        inputs = inputs.fitted(rows.train)
    counted = tags.select(rows.train)
    tagger = Tagger(
        plan.architecture,
        LabelContext.of(
            counted if plan.group is None else counted.one_per_group(plan.group), plan.space
        ),
        inputs.settings(),
        inputs.sample_shape,
        pretrained=plan.pretrained,
        seed=plan.settings.seed,
    )
    with_target = tagger.trainable_rows(tags, inputs, rows.train)
    rows = replace(rows, train=with_target, without_target=len(rows.train) - len(with_target))
    if watch.on_start is not None:
        watch.on_start(tagger, rows)
    record = tagger.fit(
        tags,
        inputs,
        plan.settings,
        rows=rows.train,
        group=plan.group,
        hooks=_hooks(plan, tagger, tags, inputs, rows, checkpoint, watch),
        device=plan.device,
        workers=plan.workers,
    )
    return Trained(tagger, rows, record)


def _hooks(
    plan: TrainingPlan,
    tagger: Tagger,
    tags: Annotations,
    inputs: Inputs,
    rows: TrainingRows,
    checkpoint: Path | None,
    watch: Watch,
) -> Hooks:
    if not len(rows.val):
        return Hooks(on_step=watch.on_step, checkpoint=checkpoint)
    groups = None if plan.group is None else tags.groups(plan.group)
    ends = epoch_ends(rows.train, groups, plan.settings)
    measure = validation_hook(tagger, tags, inputs, rows.val, progress=watch.on_validating)

    def evaluate(step: int, seconds: float) -> dict[str, Any]:
        found = measure(step, seconds)
        if watch.on_validation is not None:
            watch.on_validation(ends[step], found)
        return found

    return Hooks(watch.on_step, evaluate, ends, checkpoint)
