"""Planning of a training: automatic choices by the options, the table and the machine."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from math import ceil
from typing import Any

from labelsphere.annotations import Annotations, Split, find_split
from labelsphere.errors import UsageError
from labelsphere.recipes import RECOMMENDED, Recipe, parse_recipe
from labelsphere.space import LabelSpace
from labelsphere.tagger.architecture import Architecture
from labelsphere.tagger.calibration import Goal
from labelsphere.tagger.choices import Machine, TrainingChoice
from labelsphere.tagger.decoders import DECODERS
from labelsphere.tagger.inputs import ImageInputs, Inputs
from labelsphere.tagger.network import FEATURE_BACKBONE
from labelsphere.tagger.normalisation import channel_normalisation
from labelsphere.tagger.objectives import OBJECTIVES
from labelsphere.tagger.options import TrainingOptions
from labelsphere.tagger.plan import Frozen, TrainingPlan
from labelsphere.tagger.presets import PRESETS, Preset, preset
from labelsphere.tagger.pretrained import PretrainedWeights, resolve_pretrained
from labelsphere.tagger.settings import TrainingSettings

_GIVEN = "as given"
_SIZES = (224, 192, 160, 128, 96, 64)
_SECONDS_OF_FEATURES = 300
_SECONDS_AT_224 = 0.038
"""EfficientNet-Lite0, one picture, one core (AMD EPYC, float32)."""

_LEAST_STEPS = 600
_HEAD_EPOCHS = 15.0
"""On all icons, heads validate better after 15 epochs than after 10 (see `train --epochs`)."""
_MOST_EPOCHS = 100
_KEPT_BYTES = 4 * 2**30
"""Decoded pictures are kept in memory if all fit into this many bytes."""


def plan_training(
    tags: Annotations,
    options: TrainingOptions | None = None,
    *,
    space: LabelSpace | None = None,
    inputs: Inputs | None = None,
    architecture: Architecture | None = None,
    settings: TrainingSettings | None = None,
    machine: Machine | None = None,
) -> TrainingPlan:
    """Choose all settings of a training that the user does not give.

    Args:
        tags: The annotations of all splits.
        options: Options of the user.
        space: A label space over the same vocabulary; None to fit the method's own.
        inputs: Feature vectors or prepared pictures, one per row of ``tags``; None for the
            annotations' pictures.
        architecture: Backbone, objective and decoder; None to choose them.
        settings: Settings of the training; None to choose them.
        machine: Machine of the training; None for this machine.

    Raises:
        UsageError: If an option is unknown or contradicts another, or there are no inputs.
        DataError: If pretrained weights cannot be downloaded.
        MissingExtraError: If the package of the requested weights is not installed.
    """
    options = options or TrainingOptions()
    table = _Table(tags, options, machine or Machine.current(options.device), [])
    named = None if options.preset is None else preset(options.preset)
    _check_settings(options.settings)
    recipe = _recipe(table, named, space, architecture)
    split = find_split(
        tags, options.split, group=options.group, seed=int(options.settings.get("seed", 0))
    )
    table.note(
        "split",
        f"{len(split.train):,} train, {len(split.val):,} val, {len(split.test):,} test images",
        split.source,
        "--split COLUMN",
    )
    if inputs is not None and not isinstance(inputs, ImageInputs):
        network = _feature_network(table, recipe, inputs, architecture)
    else:
        network = _picture_network(table, recipe, named, architecture, inputs)
    chosen = settings or _settings(table, recipe, named, network.frozen is not None, split)
    frozen = network.frozen
    if frozen is not None and network.finetuned:
        frozen = replace(frozen, finetune=_finetuning(chosen, options))
    table.note(
        "length",
        f"{chosen.steps:,} steps" if chosen.steps is not None else f"{chosen.epochs:g} epochs",
        f"batches of {chosen.batch_size}, rate {chosen.rate:g}"
        + (", weights of the epoch with the best AP per image on val" if len(split.val) else ""),
        "--epochs, --steps, --batch-size, --rate",
    )
    if len(split.val):
        table.note(
            "thresholds",
            f"accepted tags with {Goal().describe()}",
            "the default goal, on the val images",
            "labelsphere calibrate TAGGER TAGS",
        )
    return TrainingPlan(
        network.architecture,
        chosen,
        network.inputs,
        split,
        recipe.name,
        space if space is not None else recipe.space,
        network.weights,
        frozen,
        options.group,
        options.device,
        options.workers,
        tuple(table.choices),
    )


@dataclass(frozen=True)
class _Table:
    """Inputs of the choices, and the choices made so far."""

    tags: Annotations
    options: TrainingOptions
    machine: Machine
    choices: list[TrainingChoice]

    def note(self, subject: str, value: str, reason: str, option: str) -> None:
        self.choices.append(TrainingChoice(subject, value, reason, option))


@dataclass(frozen=True)
class _Network:
    architecture: Architecture
    inputs: Inputs
    weights: PretrainedWeights | None = None
    frozen: Frozen | None = None
    finetuned: bool = False


def _check_settings(given: Mapping[str, Any]) -> None:
    """Check the settings before looking for weights."""
    known = [field.name for field in fields(TrainingSettings)]
    unknown = given.keys() - set(known)
    if unknown:
        raise UsageError(f"no setting {min(unknown)!r}; settings of a training: {', '.join(known)}")
    if "epochs" in given and "steps" in given:
        raise UsageError("--epochs and --steps both set the length of the training; give one")
    TrainingSettings(**given)


def _recipe(
    table: _Table, named: Preset | None, space: LabelSpace | None, architecture: Architecture | None
) -> Recipe:
    """Return the method's recipe, or one with the given objective and decoder."""
    options = table.options
    if options.decoder is not None and options.decoder not in DECODERS:
        raise UsageError(
            f"decoder must be one of {', '.join(DECODERS)}, but got {options.decoder!r}"
        )
    objective = options.objective if architecture is None else architecture.objective
    if objective is not None:
        if options.method is not None:
            raise UsageError("--method and --objective contradict; give one of them")
        if objective not in OBJECTIVES:
            raise UsageError(
                f"objective must be one of {', '.join(OBJECTIVES)}, but got {objective!r}"
            )
        if OBJECTIVES[objective].needs_space and space is None:
            raise UsageError(
                f"objective {objective!r} needs a label space: fit one with LabelSpace.fit or "
                "labelsphere embed, or give a method, which has its own"
            )
        decoder = options.decoder if architecture is None else architecture.decoder
        recipe = Recipe(objective, objective, "", objective, None, decoder)
        table.note("objective", objective, _GIVEN, "--method NAME")
    else:
        default = RECOMMENDED if named is None else named.method
        recipe = parse_recipe(options.method or default)
        recipe = replace(recipe, decoder=options.decoder or recipe.decoder)
        reason = _GIVEN if options.method else "recommended" if named is None else "the preset's"
        table.note("method", f"{recipe.name}: {recipe.title}", reason, "--method NAME")
    if named is not None and recipe.space is not None and recipe.space.dim is None:
        # Usually less than half of the eigenvalues are positive, which limits the dimensions.
        dim = named.dim if named.dim < table.tags.n_labels // 4 else None
        recipe = replace(recipe, space=replace(recipe.space, dim=dim))
    if space is not None:
        table.note("label space", f"{space.dim:,} dimensions", _GIVEN, "--space FOLDER")
    elif recipe.space is not None:
        kind = recipe.space.method
        size = "" if recipe.space.dim is None else f", {recipe.space.dim:,} dimensions"
        table.note(
            "label space", kind + size, "the method's, fitted to the train images", "--space FOLDER"
        )
    return recipe


def _feature_network(
    table: _Table, recipe: Recipe, inputs: Inputs, given: Architecture | None
) -> _Network:
    """Choose the network for feature vectors."""
    options = table.options
    for name in ("pretrained", "freeze", "finetune", "image_size"):
        if getattr(options, name):
            raise UsageError(
                f"--{name.replace('_', '-')} applies to pictures, but feature vectors are given; "
                "leave it out"
            )
    architecture = given or Architecture(
        options.backbone or FEATURE_BACKBONE,
        options.backbone_options,
        recipe.objective,
        recipe.decoder,
    )
    table.note("network", architecture.backbone, "for feature vectors", "--backbone-options JSON")
    return _Network(architecture, inputs)


def _picture_network(
    table: _Table,
    recipe: Recipe,
    named: Preset | None,
    given: Architecture | None,
    inputs: Inputs | None,
) -> _Network:
    """Choose backbone, weights and picture size."""
    options, machine = table.options, table.machine
    if inputs is None:
        table.tags.require_pictures()
    if options.backbone == FEATURE_BACKBONE:
        raise UsageError(
            f"backbone {FEATURE_BACKBONE!r} is for feature vectors, but pictures are given; give "
            "--features, or a timm model"
        )
    base = given or (None if named is None else named.architecture)
    backbone = options.backbone or (None if base is None else base.backbone)
    by_hand = given is not None or named is not None
    weights = resolve_pretrained(options.pretrained or ("none" if by_hand else "auto"), backbone)
    if not weights.trained and backbone is None:
        base = PRESETS["small"].architecture
        weights = replace(weights, backbone=base.backbone)
    own = base.options if base is not None and weights.backbone == base.backbone else None
    network = Architecture(
        weights.backbone, options.backbone_options or own, recipe.objective, recipe.decoder
    )
    table.note(
        "backbone",
        f"{network.backbone}, {weights.description}",
        _GIVEN if options.pretrained or options.backbone or by_hand else str(machine),
        "--backbone NAME, --pretrained NAME",
    )
    freeze = weights.trained if options.freeze is None else options.freeze
    finetuned = (freeze and machine.gpu) if options.finetune is None else options.finetune
    if freeze and not weights.trained:
        raise UsageError(
            f"--freeze needs pretrained weights, and there are none: {weights.description}"
        )
    if finetuned and not freeze:
        raise UsageError(
            "--finetune needs --freeze; without --freeze the whole network is trained anyway"
        )
    _note_freezing(table, freeze=freeze, finetuned=finetuned)
    if inputs is None:
        size = options.image_size or (named.image_size if named is not None else None)
        inputs = _pictures(table, weights, size, trains=finetuned or not freeze)
    return _Network(
        network,
        inputs,
        weights if weights.trained else None,
        Frozen() if freeze else None,
        finetuned,
    )


def _note_freezing(table: _Table, *, freeze: bool, finetuned: bool) -> None:
    given = table.options.freeze is not None or table.options.finetune is not None
    value = "features are computed once, and a head is trained on them"
    if finetuned:
        value += "; then the whole network at a lower rate, kept if it validates better"
    if not freeze:
        value = "the whole network is trained"
    table.note(
        "training",
        value,
        _GIVEN if given else str(table.machine),
        "--freeze, --no-freeze, --finetune",
    )


def _pictures(
    table: _Table, weights: PretrainedWeights, size: int | None, *, trains: bool
) -> ImageInputs:
    """Prepare the table's pictures as the weights expect."""
    options, pictures = table.options, table.tags.pictures
    assert pictures is not None
    reason = _GIVEN if options.image_size else "the preset's"
    if size is None and not weights.trained:
        size, reason = PRESETS["small"].image_size, "for a small network without pretrained weights"
    elif size is None:
        size = _feature_size(len(pictures), table.machine)
        reason = f"{len(pictures):,} pictures, {table.machine}"
    augment = options.augment or ("shift" if trains else "none")
    table.note(
        "pictures",
        f"{size} × {size} pixels, {options.fit}, augmentation {augment}",
        reason,
        "--image-size N, --fit, --augment",
    )
    mean, std = channel_normalisation(weights.backbone, pretrained=weights.trained)
    return ImageInputs(
        pictures, size, options.fit, augment, mean=mean, std=std, memory_limit=_KEPT_BYTES
    )


def _feature_size(n_pictures: int, machine: Machine) -> int:
    """Choose the largest size whose features take at most about five minutes."""
    if machine.gpu:
        return _SIZES[0]
    budget = _SECONDS_OF_FEATURES * machine.cores
    for size in _SIZES:
        if n_pictures * _SECONDS_AT_224 * (size / _SIZES[0]) ** 2 <= budget:
            return size
    return _SIZES[-1]


def _settings(
    table: _Table, recipe: Recipe, named: Preset | None, frozen: bool, split: Split
) -> TrainingSettings:
    """Return the given settings, the preset's, or those for the size of the table."""
    given = dict(table.options.settings)
    if named is not None:
        return replace(named.settings, **given)
    base = TrainingSettings(rate=recipe.rate)
    on_vectors = frozen or table.tags.pictures is None
    if on_vectors and "epochs" not in given and "steps" not in given:
        given["epochs"] = _epochs(table, split, int(given.get("batch_size", base.batch_size)))
    return replace(base, **given)


def _epochs(table: _Table, split: Split, batch_size: int) -> float:
    """Choose fifteen epochs, or more for a small table: a head needs some hundred steps."""
    groups = table.options.group
    images = len(split.train)
    if groups is not None:
        images = len(set(table.tags.groups(groups)[split.train].tolist()))
    steps_per_epoch = max(1, images // min(batch_size, max(1, images)))
    return float(min(_MOST_EPOCHS, max(_HEAD_EPOCHS, ceil(_LEAST_STEPS / steps_per_epoch))))


def _finetuning(head: TrainingSettings, options: TrainingOptions) -> TrainingSettings:
    """Return the settings for finetuning: those of the head at a tenth of the rate."""
    given: Mapping[str, Any] = options.settings
    epochs = float(given.get("epochs", _FINETUNING_EPOCHS))
    return replace(head, rate=head.rate / 10, epochs=epochs, steps=given.get("steps"))


_FINETUNING_EPOCHS = 5.0
