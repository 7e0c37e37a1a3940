"""Training pipeline: rows, network, decoder, calibration and evaluation (§4.3)."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Generic, TypeVar

import numpy as np

from labelsphere.annotations import Annotations, first_of_groups
from labelsphere.errors import UsageError
from labelsphere.metrics import evaluate
from labelsphere.recipes import SpaceRecipe
from labelsphere.tagger.architecture import Architecture
from labelsphere.tagger.features import frozen_features, join_backbone
from labelsphere.tagger.inputs import FeatureInputs, ImageInputs, Inputs
from labelsphere.tagger.label_context import LabelContext
from labelsphere.tagger.network import FEATURE_BACKBONE
from labelsphere.tagger.plan import Frozen, TrainingPlan
from labelsphere.tagger.report import Quality, TrainingReport
from labelsphere.tagger.settings import TrainingSettings
from labelsphere.tagger.space_fitting import fit_label_space
from labelsphere.tagger.trainable_tagger import TrainableTagger
from labelsphere.tagger.trained_split import TrainedSplit
from labelsphere.tagger.training import Hooks, TrainingRecord
from labelsphere.tagger.training_rows import TrainingRows, choose_training_rows
from labelsphere.tagger.validation import epoch_ends, validation_hook
from labelsphere.tagger.validation_point import ValidationPoint
from labelsphere.tagger.watch import Watch

_Tagger = TypeVar("_Tagger", bound=TrainableTagger)

CRITERION = "image_ap"
"""Metric on the validation images that selects the best weights."""


@dataclass(frozen=True)
class Trained(Generic[_Tagger]):
    """Result of a training.

    Attributes:
        tagger: The trained tagger.
        rows: Rows for training, validation and testing, and rows that were left out.
        record: Steps, seconds, losses, and a validation for each epoch.
        report: Report on training and quality, which the tagger stores too.
    """

    tagger: _Tagger
    rows: TrainingRows
    record: TrainingRecord
    report: TrainingReport


def run_training(
    plan: TrainingPlan,
    tags: Annotations,
    build: type[_Tagger],
    *,
    checkpoint: Path | None = None,
    features: Path | None = None,
    watch: Watch | None = None,
) -> Trained[_Tagger]:
    """Train a tagger, keep its best weights, fit its decoder, calibrate and measure it.

    Label counts and label space are computed from the training images, one of each group. Features
    are standardised on the training rows.

    Args:
        plan: Plan of the training.
        tags: Annotations over the labels to learn; the labels of the space if one is given.
        build: Class of the tagger.
        checkpoint: Folder for checkpoints; a training in it is resumed.
        features: Cache folder for the features of a frozen backbone.
        watch: Callbacks.

    Raises:
        UsageError: If a setting is unknown or contradicts another.
        DataError: If there is nothing to train on.
        ArtefactError: If the checkpoint is damaged or belongs to another training.
    """
    watch = watch or Watch()
    inputs, rows = _inputs_and_rows(plan, tags, features, watch)
    first = first_of_groups(rows.train, None if plan.group is None else tags.groups(plan.group))
    counted, space = tags.select(first), plan.space
    if isinstance(space, SpaceRecipe):
        space = fit_label_space(space, counted, inputs, first)
    labels = LabelContext.of(counted, space)
    tagger = build(
        _trained_architecture(plan),
        labels,
        inputs.settings(),
        inputs.sample_shape,
        pretrained=False if plan.weights is None or plan.frozen else plan.weights.source,
        seed=plan.settings.seed,
    )
    rows = _rows_with_target(tagger, tags, inputs, rows)
    record = _fit(plan, plan.settings, tagger, tags, inputs, rows, checkpoint, watch)
    if plan.frozen is not None:
        tagger, inputs, record = _joined(
            plan, plan.frozen, tagger, tags, inputs, rows, record, checkpoint, watch
        )
    return _finished(plan, tags, tagger, inputs, rows, record, watch)


def finish_training(
    plan: TrainingPlan,
    tags: Annotations,
    tagger: _Tagger,
    record: TrainingRecord,
    *,
    features: Path | None = None,
    watch: Watch | None = None,
) -> Trained[_Tagger]:
    """Finish a tagger that was trained elsewhere, as `run_training` does after training.

    Args:
        plan: Plan of its training.
        tags: Annotations over the tagger's labels.
        tagger: The tagger.
        record: Record of its training.
        features: Cache folder for the features of a frozen backbone.
        watch: Callbacks.

    Raises:
        DataError: If there is nothing to train on.
    """
    watch = watch or Watch()
    inputs, rows = _inputs_and_rows(plan, tags, features, watch)
    rows = _rows_with_target(tagger, tags, inputs, rows)
    return _finished(plan, tags, tagger, inputs, rows, record, watch)


def _inputs_and_rows(
    plan: TrainingPlan, tags: Annotations, features: Path | None, watch: Watch
) -> tuple[Inputs, TrainingRows]:
    inputs = _trained_inputs(plan, features, watch)
    rows = choose_training_rows(
        tags, inputs, split=plan.split, group=plan.group, progress=watch.on_read
    )
    return (inputs.fitted(rows.train) if isinstance(inputs, FeatureInputs) else inputs), rows


def _rows_with_target(
    tagger: TrainableTagger, tags: Annotations, inputs: Inputs, rows: TrainingRows
) -> TrainingRows:
    with_target = tagger.trainable_rows(tags, inputs, rows.train)
    return replace(rows, train=with_target, without_target=len(rows.train) - len(with_target))


def _finished(
    plan: TrainingPlan,
    tags: Annotations,
    tagger: _Tagger,
    inputs: Inputs,
    rows: TrainingRows,
    record: TrainingRecord,
    watch: Watch,
) -> Trained[_Tagger]:
    """Fit the decoder, calibrate, measure, and join the tagger to its frozen backbone."""
    tagger.fit_decoder(inputs, tags.matrix, rows.val)
    # Half of these images are fitted and half checked, so calibration needs at least two.
    tagged = (np.diff(tags.matrix.indptr)[rows.val] > 0).sum()
    check = tagger.calibrate(tags, inputs, rows.val) if tagged >= 2 else None
    quality = _quality(tagger, tags, inputs, rows, watch)
    report = TrainingReport(
        plan.method,
        plan.choices,
        {part: len(getattr(rows, part)) for part in ("train", "val", "test")},
        {why: count for count, why in rows.left_out()},
        record.steps,
        record.seconds,
        record.best_step,
        quality,
        check,
    )
    tagger.report = report
    tagger.split = TrainedSplit.of(tags, plan.split)
    if plan.frozen is not None and tagger.takes_features:
        tagger = _with_backbone(plan, tagger)
    return Trained(tagger, rows, record, report)


def finetuning_checkpoint(checkpoint: Path) -> Path:
    """Return the folder for the checkpoints of the finetuning after the head's training."""
    return checkpoint.with_name(f"{checkpoint.name}.finetuning")


def _trained_inputs(plan: TrainingPlan, features: Path | None, watch: Watch) -> Inputs:
    """Return the inputs of training: those of the plan, or features of a frozen backbone."""
    if plan.frozen is None:
        if plan.weights is not None:
            plan.weights.check_preparation(plan.inputs.settings())
        return plan.inputs
    if plan.weights is None or not isinstance(plan.inputs, ImageInputs):
        raise UsageError("a frozen backbone needs pictures and pretrained weights")
    return frozen_features(
        plan.inputs,
        plan.weights,
        features,
        options=plan.architecture.options,
        progress=watch.on_features,
        device=plan.device,
    )


def _trained_architecture(plan: TrainingPlan) -> Architecture:
    if plan.frozen is None:
        return plan.architecture
    return replace(plan.architecture, backbone=FEATURE_BACKBONE, options=plan.frozen.head)


def _fit(
    plan: TrainingPlan,
    settings: TrainingSettings,
    tagger: TrainableTagger,
    tags: Annotations,
    inputs: Inputs,
    rows: TrainingRows,
    checkpoint: Path | None,
    watch: Watch,
) -> TrainingRecord:
    """Train the network, and load the weights that validate best."""
    if watch.on_start is not None:
        watch.on_start(tagger, rows, settings)
    hooks = Hooks(on_step=watch.on_step, checkpoint=checkpoint)
    if len(rows.val):
        groups = None if plan.group is None else tags.groups(plan.group)
        ends = epoch_ends(rows.train, groups, settings)
        measure = validation_hook(tagger, tags, inputs, rows.val, progress=watch.on_validating)

        def validate(step: int, seconds: float) -> ValidationPoint:
            found = measure(step, seconds)
            if watch.on_validation is not None:
                watch.on_validation(ends[step], found)
            return found

        hooks = Hooks(watch.on_step, validate, ends, checkpoint, CRITERION)
    return tagger.fit(
        tags,
        inputs,
        settings,
        rows=rows.train,
        group=plan.group,
        hooks=hooks,
        device=plan.device,
        workers=plan.workers,
    )


def _joined(
    plan: TrainingPlan,
    frozen: Frozen,
    tagger: _Tagger,
    tags: Annotations,
    inputs: Inputs,
    rows: TrainingRows,
    record: TrainingRecord,
    checkpoint: Path | None,
    watch: Watch,
) -> tuple[_Tagger, Inputs, TrainingRecord]:
    """Finetune the backbone if the plan says so, and keep the better of both on validation."""
    if frozen.finetune is None:
        return tagger, inputs, record
    whole = _with_backbone(plan, tagger)
    folder = None if checkpoint is None else finetuning_checkpoint(checkpoint)
    after = _fit(plan, frozen.finetune, whole, tags, plan.inputs, rows, folder, watch)
    if len(rows.val) and _best(after) <= _best(record):
        return tagger, inputs, record
    return whole, plan.inputs, after


def _with_backbone(plan: TrainingPlan, tagger: _Tagger) -> _Tagger:
    assert plan.weights is not None
    return join_backbone(tagger, plan.weights, plan.inputs.settings(), plan.architecture.options)


def _best(record: TrainingRecord) -> float:
    """Return the best validation score of a training, with earlier runs of a resumed one."""
    return max(found.values[CRITERION] for found in record.history)


def _quality(
    tagger: TrainableTagger,
    tags: Annotations,
    inputs: Inputs,
    rows: TrainingRows,
    watch: Watch,
) -> Quality | None:
    """Measure every metric on the test images, or on the validation images without test images."""
    part, measured = ("test", rows.test) if len(rows.test) else ("val", rows.val)
    if not tags.matrix[measured].nnz:
        return None
    evaluation = evaluate(
        tagger.scores(inputs, measured),
        tags.matrix[measured],
        label_counts=tagger.labels.counts,
        n_images=tagger.labels.n_images,
        progress=watch.on_measuring,
    )
    return Quality.of(evaluation, part)
