"""``labelsphere compare``: several methods, trained and measured in the same way."""

import shlex
from pathlib import Path
from typing import Annotated

import typer

from labelsphere.cli import inputs as fed
from labelsphere.cli import tables
from labelsphere.cli.options import Given, JsonOption, LeaveOut, options_of_dataclasses
from labelsphere.comparison.compare import DEFAULT_METHODS
from labelsphere.comparison.settings import ComparisonSettings
from labelsphere.recipes import RECIPES
from labelsphere.tagger.options import TrainingOptions
from labelsphere.tagger.settings import TrainingSettings

_CHOSEN_OTHERWISE = LeaveOut(
    ("method", "objective", "decoder", "split", "group", "finetune", "device", "workers")
)
"""Options of a training that a comparison decides by method, or has among its own."""


@options_of_dataclasses
def compare(
    context: typer.Context,
    tags: tables.TagsArgument,
    output: Annotated[
        Path, typer.Option(help="Folder to write the report to.", show_default=False)
    ],
    comparison: Given.of(ComparisonSettings, panel="Comparison"),  # type: ignore[valid-type] # read by the decorator
    training: Given.of(  # type: ignore[valid-type] # likewise
        TrainingSettings, panel="Training", leave_out=("rate", "seed")
    ),
    methods: Annotated[
        str,
        typer.Option(
            help="Methods, separated by commas, and variations of a method's label space and "
            f"decoder, such as paper+dim=512+method=npmi. Names: {', '.join(RECIPES)}.",
        ),
    ] = ",".join(DEFAULT_METHODS),
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace a comparison that the folder holds.")
    ] = False,
    json: JsonOption = False,
    *,
    network: Annotated[TrainingOptions, _CHOSEN_OTHERWISE],
    vectors: fed.VectorOptions,
    table: tables.TableOptions,
) -> None:
    """Train several methods in the same way and report them side by side (§4.3).

    Each method is measured as the tagger that labelsphere train makes. All have the same backbone,
    initial weights, order of images, number of steps and seeds. For each, the learning rate, the
    best state and the weights of the decoder are chosen on the val images. The output folder holds
    report.html, report.md, curves.png, results.json and the trained taggers. An interrupted
    comparison continues when the same command is given again.

    With --freeze, all methods are trained on features of a pretrained backbone, which are computed
    once and kept beside the table; --backbone-options are those of the network on the features.

    Examples:
        labelsphere compare tags.csv --freeze --seeds 0,1,2 --output report/

        labelsphere compare tags.parquet --features vectors.npz --output report/

        labelsphere compare tags.csv --methods sphere,logistic,softmax,paper --output report/

        labelsphere compare tags.csv --protocol few+share=0.05 --budgets 1/4,1/2,1
            --output report/
    """
    from dataclasses import replace

    from labelsphere.cli.comparison_report import comparison_json, print_comparison
    from labelsphere.cli.output import print_json
    from labelsphere.cli.phases import phases
    from labelsphere.comparison import compare as run
    from labelsphere.comparison.network_options import network_settings, picture_inputs
    from labelsphere.tagger.features import feature_cache

    settings = network_settings(network, features=vectors.features is not None)
    settings = replace(
        settings,
        training=replace(settings.training, **training),
        feature_cache=None if settings.frozen is None else feature_cache(tags),
        **comparison,
    )
    annotations = table.read(tags)
    inputs = vectors.read(annotations)
    with phases() as on_phase:
        done = run(
            annotations,
            output,
            methods=[name.strip() for name in methods.split(",")],
            inputs=inputs or picture_inputs(annotations, settings, network),
            settings=settings,
            title=shlex.join(["labelsphere", *context.obj]),
            overwrite=overwrite,
            on_progress=on_phase,
        )
    if json:
        print_json(comparison_json(done))
    else:
        print_comparison(done)
