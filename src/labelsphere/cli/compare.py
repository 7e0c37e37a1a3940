"""``labelsphere compare``: several methods on equal terms."""

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from labelsphere.cli import inputs as fed
from labelsphere.cli import tables
from labelsphere.cli import training_options as options
from labelsphere.recipes import RECIPES

if TYPE_CHECKING:
    from labelsphere.tagger import Preset
    from labelsphere.tagger.pretrained import PretrainedWeights

_PANEL = "Comparison"


def compare(
    context: typer.Context,
    tags: tables.TagsArgument,
    output: Annotated[
        Path, typer.Option(help="Folder to write the report to.", show_default=False)
    ],
    methods: Annotated[
        str,
        typer.Option(
            help="Methods with commas between them, and variations of a method's label space and "
            "decoder, such as paper+dim=512+method=npmi: " + ", ".join(RECIPES) + ".",
        ),
    ] = "sphere,logistic,paper",
    protocol: Annotated[
        str,
        typer.Option(
            help="Which images and tags are used for what: full (all), noisy (a fifth keep their "
            "tags and calibrate, the rest lose most) or few (a tenth of the images, all tag sets); "
            "variations such as few+share=0.05."
        ),
    ] = "full",
    split: fed.SplitOption = None,
    group: fed.GroupOption = None,
    preset: options.PresetOption = None,
    freeze: Annotated[
        bool,
        typer.Option(
            "--freeze",
            help="Train all methods on features of a pretrained backbone that stays as it is, "
            "computed once and kept beside the table.",
        ),
    ] = False,
    overwrite: Annotated[
        bool,
        typer.Option("--overwrite", help="Replace a comparison that the folder holds."),
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    rates: Annotated[
        str, typer.Option(help="Learning rates to choose from.", rich_help_panel=_PANEL)
    ] = "1e-3,3e-3,1e-2",
    rate_share: Annotated[
        float,
        typer.Option(
            help="Share of the steps that each rate is tried for; at 1 the trials are trainings "
            "and none is done twice. Short trials favour high rates.",
            rich_help_panel=_PANEL,
        ),
    ] = 0.25,
    budgets: Annotated[
        str,
        typer.Option(
            help="Shares of the steps that every method is trained for at most, each with a whole "
            "schedule, such as 1/8,1/4,1/2,1.",
            rich_help_panel=_PANEL,
        ),
    ] = "1",
    baselines: Annotated[
        str | None,
        typer.Option(
            help="Methods to measure the others against; all without a label space.",
            rich_help_panel=_PANEL,
            show_default=False,
        ),
    ] = None,
    equal_decoders: Annotated[
        bool,
        typer.Option(
            "--equal-decoders",
            help="Add the appendix on equal decoders for logistic regression and the paper's "
            "method.",
            rich_help_panel=_PANEL,
        ),
    ] = False,
    seeds: Annotated[
        str, typer.Option(help="One training of each method for each.", rich_help_panel=_PANEL)
    ] = "0",
    evaluations: Annotated[
        int,
        typer.Option(
            help="Evaluations on val along a training; the best state is kept.",
            min=1,
            rich_help_panel=_PANEL,
        ),
    ] = 10,
    resamples: Annotated[
        int, typer.Option(help="Resamples for the intervals.", min=2, rich_help_panel=_PANEL)
    ] = 200,
    examples: Annotated[
        int, typer.Option(help="Test images in the report.", min=0, rich_help_panel=_PANEL)
    ] = 12,
    image_size: fed.ImageSizeOption = None,
    fit: fed.FitOption = "pad",
    augment: fed.AugmentOption = "none",
    features: fed.FeaturesOption = None,
    feature_column: fed.FeatureColumnOption = None,
    device: fed.DeviceOption = "auto",
    workers: fed.WorkersOption = 0,
    backbone: options.BackboneOption = None,
    backbone_options: options.BackboneOptionsOption = None,
    pretrained: options.PretrainedOption = None,
    epochs: options.EpochsOption = None,
    steps: options.StepsOption = None,
    batch_size: options.BatchSizeOption = None,
    optimizer: options.OptimizerOption = None,
    schedule: options.ScheduleOption = None,
    warmup: options.WarmupOption = None,
    weight_decay: options.WeightDecayOption = None,
    clip: options.ClipOption = None,
    precision: options.PrecisionOption = None,
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
    """Train several methods alike and report them side by side (§4.3).

    Each is judged as the tagger that labelsphere train gives. All get the same backbone, first
    weights, images in the same order, steps and seeds. On the val images each has its learning rate
    chosen, its best state kept and the weights of its decoder fitted. The output folder holds
    report.html, report.md, curves.png, results.json and the trained taggers. A comparison that is
    interrupted goes on when the same command is given again.

    Examples:
        labelsphere compare tags.csv --preset small --seeds 0,1,2 --output report/

        labelsphere compare tags.csv --freeze --output report/

        labelsphere compare tags.parquet --features vectors.npz --output report/

        labelsphere compare tags.csv --methods sphere,logistic,softmax,paper --output report/

        labelsphere compare tags.csv --protocol few+share=0.05 --budgets 1/4,1/2,1
            --output report/
    """
    from labelsphere.annotations.splits import SPLIT_COLUMN
    from labelsphere.cli.comparison_report import comparison_json, print_comparison
    from labelsphere.cli.output import print_json
    from labelsphere.cli.phases import phases
    from labelsphere.comparison import ComparisonSettings
    from labelsphere.comparison import compare as run
    from labelsphere.comparison.compare import FROZEN_SIZE
    from labelsphere.tagger.features import feature_cache
    from labelsphere.tagger.network import FEATURE_BACKBONE
    from labelsphere.tagger.normalisation import channel_normalisation

    recipe = options.chosen_preset(preset)
    frozen = _frozen(pretrained, backbone, features) if freeze else None
    network = options.architecture(
        recipe,
        backbone=FEATURE_BACKBONE if freeze else backbone,
        options=backbone_options,
        features=features,
        objective="cosine",
    )
    weights = False if freeze else options.weights(pretrained, features)
    settings = ComparisonSettings(
        network,
        options.training_settings(
            recipe,
            epochs=epochs,
            steps=steps,
            batch_size=batch_size,
            optimizer=optimizer,
            schedule=schedule,
            warmup=warmup,
            weight_decay=weight_decay,
            clip=clip,
            precision=precision,
        ),
        rates=options.numbers(rates, float, "--rates"),
        rate_share=rate_share,
        seeds=options.numbers(seeds, int, "--seeds"),
        budgets=options.numbers(budgets, _share, "--budgets"),
        baselines=(
            None if baselines is None else tuple(name.strip() for name in baselines.split(","))
        ),
        equal_decoders=equal_decoders,
        protocol=protocol,
        split=split or SPLIT_COLUMN,
        group=group,
        evaluations=evaluations,
        resamples=resamples,
        examples=examples,
        pretrained=weights,
        frozen=frozen,
        feature_cache=feature_cache(tags) if freeze else None,
        device=device,
        workers=workers,
    )
    annotations = tables.read_table(
        tags,
        format=format,
        separator=separator,
        image_column=image_column,
        tag_column=tag_column,
        images=images,
        min_count=min_count,
        min_confidence=min_confidence,
        vocabulary=vocabulary,
        label_names=label_names,
    )
    inputs = fed.table_inputs(
        annotations,
        features=features,
        feature_column=feature_column,
        size=image_size or (FROZEN_SIZE if freeze else _size(recipe)),
        fit=fit,
        augment=augment,
        normalisation=(
            channel_normalisation(network.backbone, pretrained=bool(weights))
            if frozen is None
            else frozen.normalisation
        ),
    )
    with phases() as tell:
        done = run(
            annotations,
            output,
            methods=[name.strip() for name in methods.split(",")],
            inputs=inputs,
            settings=settings,
            title=shlex.join(["labelsphere", *context.obj]),
            overwrite=overwrite,
            on_progress=tell,
        )
    if json:
        print_json(comparison_json(done))
    else:
        print_comparison(done)


def _frozen(
    pretrained: str | None, backbone: str | None, features: Path | None
) -> "PretrainedWeights":
    """The weights of the backbone that stays as it is.

    Raises:
        UsageError: If there are none, or feature vectors are given.
    """
    from labelsphere.errors import UsageError
    from labelsphere.tagger.pretrained import resolve_pretrained

    if features is not None:
        raise UsageError("--freeze computes features of pictures; leave it out with --features")
    found = resolve_pretrained(pretrained or "auto", backbone)
    if not found.trained:
        raise UsageError(f"--freeze needs pretrained weights: {found.description}")
    return found


def _size(preset: "Preset | None") -> int:
    return preset.image_size if preset else fed.IMAGE_SIZE


def _share(text: str) -> float:
    """A share as a fraction such as 1/16, or as a number."""
    from fractions import Fraction

    try:
        return float(Fraction(text.strip()))
    except ZeroDivisionError as error:
        raise ValueError(text) from error
