"""``labelsphere combine``: sums and differences of tags."""

from typing import Annotated

import typer

from labelsphere.cli.options import JsonOption
from labelsphere.cli.spaces import SpaceArgument


def combine(
    space: SpaceArgument,
    labels: Annotated[
        list[str],
        typer.Argument(
            metavar="LABEL",
            help="Labels to add; a + between them is optional.",
            show_default=False,
        ),
    ],
    minus: Annotated[
        list[str] | None,
        typer.Option(help="Label to subtract; may be given again.", show_default=False),
    ] = None,
    top: Annotated[int, typer.Option(help="How many labels to show.", min=1)] = 5,
    json: JsonOption = False,
) -> None:
    """Add and subtract tags in a label space, and show the tags nearest to the result (§4.4.1).

    Examples:
        labelsphere combine space/ man + horse

        labelsphere combine space/ kitchen --minus oven --top 10
    """
    from labelsphere.cli.output import print_json, print_table
    from labelsphere.space import LabelSpace

    loaded = LabelSpace.load(space)
    plus = [label for label in labels if label != "+" or label in loaded.vocabulary]
    less = minus or []
    near = loaded.combine(*plus, minus=less, top=top)
    if json:
        print_json({"plus": plus, "minus": less, "neighbors": near})
        return
    title = " − ".join([" + ".join(plus), *less])
    print_table(f"Closest to: {title}", ["Label", "Proximity"], near)
