"""``labelsphere demo``: the whole path once, on data that the package brings."""

import shlex
from pathlib import Path
from typing import Annotated

import typer


def demo(
    context: typer.Context,
    output: Annotated[
        Path, typer.Option(help="Folder to write the report to.", show_default=False)
    ],
    quick: Annotated[
        bool,
        typer.Option(
            "--quick",
            help="Two minutes in place of fifteen, on two processor cores: fewer and smaller "
            "images, a smaller network, few steps.",
        ),
    ] = False,
    overwrite: Annotated[
        bool,
        typer.Option("--overwrite", help="Begin afresh in a folder that holds a comparison."),
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Train both methods on the bundled icons and write the report.

    The paper's method and logistic regression, side by side: a table, their progress, icons with
    their predicted tags, tags with their neighbours. --quick shows that everything works; it is
    too short to judge a method by.

    Examples:
        labelsphere demo --output demo/

        labelsphere demo --quick --output demo/ --overwrite
    """
    from labelsphere.cli.comparison_report import comparison_json, print_comparison
    from labelsphere.cli.output import print_json, print_line, remark
    from labelsphere.cli.phases import phases
    from labelsphere.comparison.demo import run_demo
    from labelsphere.datasets import icons_path

    with phases() as tell:
        done = run_demo(
            output,
            quick,
            title=shlex.join(["labelsphere", *context.obj]),
            overwrite=overwrite,
            on_progress=tell,
        )
    if json:
        print_json(comparison_json(done))
        return
    print_comparison(done)
    if quick:
        remark("the quick form is too short to judge a method by; leave --quick out for that")
    tagger = shlex.quote(str(output / "taggers" / "paper"))
    print_line(
        "\nTry next:\n"
        f"  labelsphere tag {tagger} PICTURE.png\n"
        f"  labelsphere neighbors {tagger}/space tree\n"
        f"  labelsphere inspect {shlex.quote(str(icons_path()))}"
    )
