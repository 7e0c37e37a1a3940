"""``labelsphere neighbors``: the tags nearest to a tag."""

from typing import Annotated

import typer

from labelsphere.cli.options import JsonOption
from labelsphere.cli.spaces import SpaceArgument

_FREQUENT = 10


def neighbors(
    space: SpaceArgument,
    labels: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="LABEL...",
            help="Labels to look up. Default: the ten most frequent.",
            show_default=False,
        ),
    ] = None,
    top: Annotated[int, typer.Option(help="Number of neighbours per label.", min=1)] = 5,
    json: JsonOption = False,
) -> None:
    """Show the tags nearest to a tag in a label space (the paper's Table 2).

    Examples:
        labelsphere neighbors space/

        labelsphere neighbors space/ tree

        labelsphere neighbors space/ tree "wine glass" --top 10 --json
    """
    from labelsphere.cli.output import print_json, print_table
    from labelsphere.space import LabelSpace
    from labelsphere.space.arithmetic import frequent_labels

    loaded = LabelSpace.load(space)
    asked = labels or frequent_labels(loaded, _FREQUENT)
    found = {label: loaded.neighbors(label, top) for label in asked}
    if json:
        print_json([{"label": label, "neighbors": near} for label, near in found.items()])
        return
    for label, near in found.items():
        print_table(f"Closest to: {label}", ["Label", "Proximity"], near)
