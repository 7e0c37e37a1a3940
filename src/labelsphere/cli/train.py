"""``labelsphere train``: train a tagger on a table of tags."""

import shutil
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from labelsphere.cli import inputs as fed
from labelsphere.cli import tables
from labelsphere.cli.options import Given, JsonOption, OverwriteFolderOption, options_of_dataclasses
from labelsphere.tagger.options import TrainingOptions
from labelsphere.tagger.settings import TrainingSettings

if TYPE_CHECKING:
    from labelsphere.annotations import Annotations
    from labelsphere.tagger import Tagger
    from labelsphere.tagger.pipeline import Trained
    from labelsphere.tagger.plan import TrainingPlan


@options_of_dataclasses
def train(
    tags: tables.TagsArgument,
    output: Annotated[
        Path, typer.Option(help="Folder to write the tagger to.", show_default=False)
    ],
    options: TrainingOptions,
    settings: Given.of(TrainingSettings, panel="Training"),  # type: ignore[valid-type] # read by the decorator
    space: Annotated[
        Path | None,
        typer.Option(
            help="For experts: folder of a label space, instead of the method's own.",
            show_default=False,
        ),
    ] = None,
    overwrite: OverwriteFolderOption = False,
    json: JsonOption = False,
    *,
    vectors: fed.VectorOptions,
    table: tables.TableOptions,
) -> None:
    """Train a tagger on a table, a folder of pictures, or feature vectors.

    Options that are not given are chosen by the size of the table and the machine; every choice is
    printed with the option that changes it. The table's split is used, or one is made. The weights
    that validate best are kept. The tagger is calibrated on the validation images and measured on
    the test images. Its folder has a model card, README.md, with all results.

    An interrupted training continues when the same command is given again: until the tagger is
    written, checkpoints are kept in a folder beside the output whose name ends in .training.

    Examples:
        labelsphere train tags.csv --output tagger/

        labelsphere train pictures/ --method logistic --epochs 20 --output tagger/

        labelsphere train tags.csv --features vectors.npy --output tagger/
    """
    from dataclasses import replace

    from labelsphere.artefact import check_free
    from labelsphere.errors import UsageError
    from labelsphere.space import LabelSpace
    from labelsphere.tagger.planning import plan_training

    check_free(output, overwrite=overwrite)
    target = None if space is None else LabelSpace.load(space)
    if target is not None and table.vocabulary is not None:
        raise UsageError("--vocabulary and --space contradict: the labels are those of the space")
    annotations = table.read(tags, vocabulary=None if target is None else target.vocabulary)
    plan = plan_training(
        annotations,
        replace(options, settings=settings),
        space=target,
        inputs=vectors.read(annotations),
    )
    done = _train(plan, annotations, tags, output, overwrite=overwrite)
    if done is not None:
        _report(done, output, json=json)


def _train(
    plan: "TrainingPlan", annotations: "Annotations", tags: Path, output: Path, *, overwrite: bool
) -> "Trained[Tagger] | None":
    """Train and save the tagger. Of several processes, only the main one returns a result."""
    from labelsphere.cli.output import remark
    from labelsphere.cli.phases import checkpoint_hint, phases
    from labelsphere.cli.training_progress import TrainingProgress
    from labelsphere.tagger import Tagger
    from labelsphere.tagger.devices import accelerator
    from labelsphere.tagger.features import feature_cache
    from labelsphere.tagger.pipeline import finetuning_checkpoint, run_training

    # The sibling of a folder such as .. needs its real name.
    target = output if output.name not in ("", "..") else output.resolve()
    checkpoint = target.with_name(f"{target.name}.training")
    run = partial(
        run_training,
        plan,
        annotations,
        Tagger,
        checkpoint=checkpoint,
        features=feature_cache(tags),
    )
    if not accelerator(plan.device).is_main_process:
        # Of several processes, only the main one prints and saves.
        run()
        return None
    for choice in plan.choices:
        remark(choice.line())
    if (checkpoint / "config.json").exists():
        remark(f"continuing from the checkpoint in {checkpoint}")
    with checkpoint_hint(checkpoint):
        with phases() as on_phase:
            watch = TrainingProgress(on_phase).watch()
            done = run(watch=watch)
        done.tagger.save(output, overwrite=overwrite)
    for folder in (checkpoint, finetuning_checkpoint(checkpoint)):
        shutil.rmtree(folder, ignore_errors=True)
    return done


def _report(done: "Trained[Tagger]", output: Path, *, json: bool) -> None:
    """Print the results and the next command."""
    import shlex

    from labelsphere.cli.output import print_json, remark
    from labelsphere.cli.training_report import print_training, training_json

    if json:
        print_json(training_json(done, output))
    else:
        print_training(done)
    remark(f"written to {output}; its README.md is the model card")
    if not done.tagger.takes_features:
        remark(f"tag pictures with: labelsphere tag {shlex.quote(str(output))} PICTURES")
