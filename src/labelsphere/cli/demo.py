"""``labelsphere demo``: training, comparison and report on the bundled icons."""

import shlex
from pathlib import Path
from typing import Annotated

import typer

from labelsphere.cli.options import JsonOption


def demo(
    context: typer.Context,
    output: Annotated[
        Path, typer.Option(help="Folder to write the report to.", show_default=False)
    ],
    quick: Annotated[
        bool,
        typer.Option(
            "--quick",
            help="Train on a fifth of the icons for a few steps: two minutes instead of twelve, on "
            "two CPU cores.",
        ),
    ] = False,
    overwrite: Annotated[
        bool,
        typer.Option(
            "--overwrite", help="Replace the contents of a folder that holds a comparison."
        ),
    ] = False,
    json: JsonOption = False,
) -> None:
    """Train the recommended tagger on the bundled icons and write a report.

    The report shows icons with their predicted tags first, then how the recommended method
    compares with logistic regression and with the paper's method. The trained tagger is saved in
    the folder. Needs the extra 'weights'.

    Examples:
        labelsphere demo --output demo/

        labelsphere demo --quick --output demo/ --overwrite
    """
    from labelsphere.cli.comparison_report import comparison_json, print_comparison
    from labelsphere.cli.output import print_json, print_line, remark
    from labelsphere.cli.phases import phases
    from labelsphere.cli.training_progress import TrainingProgress
    from labelsphere.cli.training_report import print_training, training_json
    from labelsphere.comparison.demo import run_demo

    with phases() as on_phase:
        done = run_demo(
            output,
            quick,
            title=shlex.join(["labelsphere", *context.obj]),
            overwrite=overwrite,
            on_progress=on_phase,
            watch=TrainingProgress(on_phase).watch(),
        )
    if json:
        trained = training_json(done.trained, done.tagger)
        print_json({**comparison_json(done.comparison), "tagger": trained})
        return
    print_training(done.trained)
    print_comparison(done.comparison)
    if quick:
        remark("the quick form is too short to compare methods by; leave out --quick for that")
    tagger = shlex.quote(str(done.tagger))
    print_line(
        f"\nThe report with icons and their tags: {output / 'report.html'}\n"
        "Try next:\n"
        f"  labelsphere tag {tagger} PICTURES\n"
        f"  labelsphere serve {tagger}\n"
        f"  labelsphere neighbors {tagger}/space tree\n"
        "  labelsphere train YOUR_TABLE_OR_FOLDER --output tagger/"
    )
