"""``labelsphere neighbors``: the tags nearest to a tag."""

from pathlib import Path
from typing import Annotated

import typer


def neighbors(
    space: Annotated[
        Path, typer.Argument(metavar="SPACE", help="Folder of a label space.", show_default=False)
    ],
    labels: Annotated[
        list[str],
        typer.Argument(metavar="LABEL", help="Labels to look up.", show_default=False),
    ],
    top: Annotated[int, typer.Option(help="Neighbours a label.", min=1)] = 5,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show the tags nearest to a tag in a label space (the paper's Table 2).

    Examples:
        labelsphere neighbors space/ tree

        labelsphere neighbors space/ tree "wine glass" --top 10 --json
    """
    from labelsphere.cli.output import print_json, print_table
    from labelsphere.space import LabelSpace

    loaded = LabelSpace.load(space)
    found = {label: loaded.neighbors(label, top) for label in labels}
    if json:
        print_json([{"label": label, "neighbors": near} for label, near in found.items()])
        return
    for label, near in found.items():
        print_table(f"Closest to: {label}", ["Label", "Proximity"], near)
