"""``labelsphere train``: a tagger from a table of tags."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from labelsphere.cli import inputs as fed
from labelsphere.cli import tables
from labelsphere.cli import training_options as options

if TYPE_CHECKING:
    from labelsphere.annotations import Annotations
    from labelsphere.space import LabelSpace
    from labelsphere.tagger import Preset
    from labelsphere.tagger.inputs import Inputs
    from labelsphere.tagger.plan import TrainingPlan


def train(
    tags: tables.TagsArgument,
    output: Annotated[
        Path, typer.Option(help="Folder to write the tagger to.", show_default=False)
    ],
    space: Annotated[
        Path | None,
        typer.Option(help="Folder of the label space to point at.", show_default=False),
    ] = None,
    objective: Annotated[
        str | None,
        typer.Option(
            help="cosine (the paper's, needs a space), devise (needs one too) or logistic; cosine.",
            show_default=False,
        ),
    ] = None,
    decoder: Annotated[
        str | None,
        typer.Option(
            help="How tags are read off: cosine, hamming, omp or tag_sets_10 for points of a "
            "space, logistic or conse for a classifier; the objective's own.",
            show_default=False,
        ),
    ] = None,
    preset: options.PresetOption = None,
    split: fed.SplitOption = None,
    group: fed.GroupOption = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace the output folder if it has contents.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    image_size: fed.ImageSizeOption = None,
    fit: fed.FitOption = "pad",
    augment: fed.AugmentOption = "none",
    features: fed.FeaturesOption = None,
    feature_column: fed.FeatureColumnOption = None,
    device: fed.DeviceOption = "auto",
    workers: fed.WorkersOption = 2,
    backbone: options.BackboneOption = None,
    backbone_options: options.BackboneOptionsOption = None,
    pretrained: options.PretrainedOption = None,
    epochs: options.EpochsOption = None,
    steps: options.StepsOption = None,
    batch_size: options.BatchSizeOption = None,
    rate: Annotated[
        float | None,
        typer.Option(
            help="Learning rate at its highest; 0.004.",
            rich_help_panel="Training",
            show_default=False,
        ),
    ] = None,
    optimizer: options.OptimizerOption = None,
    schedule: options.ScheduleOption = None,
    warmup: options.WarmupOption = None,
    weight_decay: options.WeightDecayOption = None,
    clip: options.ClipOption = None,
    precision: options.PrecisionOption = None,
    seed: Annotated[
        int, typer.Option(help="Decides every random choice.", min=0, rich_help_panel="Training")
    ] = 0,
    checkpoint_every: Annotated[
        int | None,
        typer.Option(
            help="Steps between checkpoints; 500.", rich_help_panel="Training", show_default=False
        ),
    ] = None,
    format: tables.FormatOption = None,
    separator: tables.SeparatorOption = None,
    image_column: tables.ImageColumnOption = None,
    tag_column: tables.TagColumnOption = None,
    images: tables.ImagesOption = None,
    min_count: tables.MinCountOption = 1,
    min_confidence: tables.MinConfidenceOption = 0.0,
    vocabulary: tables.VocabularyOption = None,
    label_names: tables.LabelNamesOption = None,
) -> None:
    """Train a tagger on pictures or feature vectors.

    With a space, the network learns to point at an image's tags in it, and the labels are the
    space's. Without one, --objective logistic trains a classifier on the table's labels. Images
    that cannot be read or have no known tag are left out and counted. Where the table has val
    images, they are scored after each epoch.

    A training that is interrupted goes on when the same command is given again: checkpoints stand
    in a folder beside the output, its name ending in .training, until the tagger is written.

    Examples:
        labelsphere train tags.csv --space space/ --preset small --output tagger/

        labelsphere train tags.csv --objective logistic --features vectors.npy --output tagger/
    """
    from labelsphere.annotations import split_column
    from labelsphere.artefact import check_free
    from labelsphere.tagger.normalisation import channel_normalisation
    from labelsphere.tagger.plan import TrainingPlan

    check_free(output, overwrite=overwrite)
    recipe = options.chosen_preset(preset)
    settings = options.training_settings(
        recipe,
        epochs=epochs,
        steps=steps,
        batch_size=batch_size,
        rate=rate,
        optimizer=optimizer,
        schedule=schedule,
        warmup=warmup,
        weight_decay=weight_decay,
        clip=clip,
        precision=precision,
        seed=seed,
        checkpoint_every=checkpoint_every,
    )
    network = options.architecture(
        recipe,
        backbone=backbone,
        options=backbone_options,
        features=features,
        objective=objective or "cosine",
        decoder=decoder,
    )
    weights = options.weights(pretrained, features)
    target = _space(space, network.objective, vocabulary, recipe)
    annotations = tables.read_table(
        tags,
        format=format,
        separator=separator,
        image_column=image_column,
        tag_column=tag_column,
        images=images,
        min_count=min_count,
        min_confidence=min_confidence,
        vocabulary=vocabulary if target is None else target.vocabulary,
        label_names=label_names,
    )
    inputs = fed.table_inputs(
        annotations,
        features=features,
        feature_column=feature_column,
        size=image_size or (recipe.image_size if recipe else fed.IMAGE_SIZE),
        fit=fit,
        augment=augment,
        normalisation=channel_normalisation(network.backbone, pretrained=bool(weights)),
    )
    plan = TrainingPlan(
        network,
        settings,
        target,
        weights,
        split_column(annotations, split),
        group,
        device,
        workers,
    )
    _train(plan, annotations, inputs, output, overwrite=overwrite, json=json)


def _space(
    folder: Path | None, objective: str, vocabulary: Path | None, preset: "Preset | None"
) -> "LabelSpace | None":
    """The label space to point at, if one is given."""
    from labelsphere.cli.output import remark
    from labelsphere.errors import UsageError
    from labelsphere.space import LabelSpace
    from labelsphere.tagger.objectives import OBJECTIVES

    if folder is None:
        if OBJECTIVES[objective].needs_space:
            raise UsageError(
                f"objective {objective} needs a label space: make one with labelsphere embed and "
                "name its folder with --space, or give --objective logistic"
            )
        return None
    if vocabulary is not None:
        raise UsageError("--vocabulary and --space contradict: the labels are those of the space")
    space = LabelSpace.load(folder)
    if preset is not None and preset.dim != space.dim:
        remark(
            f"the preset's label space has {preset.dim:,} dimensions, {folder} has {space.dim:,}: "
            "trained as it is"
        )
    return space


def _train(
    plan: "TrainingPlan",
    tags: "Annotations",
    inputs: "Inputs",
    output: Path,
    *,
    overwrite: bool,
    json: bool,
) -> None:
    """Train, write the tagger, and print what came out."""
    import shutil

    from labelsphere.cli.output import print_json, remark
    from labelsphere.cli.phases import phases
    from labelsphere.cli.training_progress import TrainingTeller
    from labelsphere.cli.training_report import print_training, training_json
    from labelsphere.tagger.devices import accelerator
    from labelsphere.tagger.plan import run_training

    # A name such as .. has no place beside it to speak of.
    place = output if output.name not in ("", "..") else output.resolve()
    checkpoint = place.with_name(f"{place.name}.training")
    if not accelerator(plan.device).is_main_process:
        # One process of several speaks and writes for all.
        run_training(plan, tags, inputs, checkpoint=checkpoint)
        return
    if (checkpoint / "config.json").exists():
        remark(f"going on from the checkpoint in {checkpoint}")
    try:
        with phases() as tell:
            watch = TrainingTeller(tell, plan.settings).watch()
            done = run_training(plan, tags, inputs, checkpoint=checkpoint, watch=watch)
    except KeyboardInterrupt:
        if checkpoint.exists():
            remark(f"the same command goes on from the checkpoint in {checkpoint}")
        raise
    done.tagger.save(output, overwrite=overwrite)
    shutil.rmtree(checkpoint, ignore_errors=True)
    if json:
        print_json(training_json(done, output))
    else:
        print_training(done)
    remark(f"written to {output}")
