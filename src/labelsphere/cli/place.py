"""``labelsphere place``: add a tag to a fitted label space."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from labelsphere.cli import tables
from labelsphere.cli.options import (
    JsonOption,
    LeaveOut,
    OverwriteFolderOption,
    options_of_dataclasses,
)
from labelsphere.cli.spaces import SpaceOrTaggerArgument

if TYPE_CHECKING:
    from labelsphere.space import LabelSpace


@options_of_dataclasses
def place(
    space: SpaceOrTaggerArgument,
    label: Annotated[str, typer.Argument(metavar="NEW", help="The new tag.", show_default=False)],
    output: Annotated[
        Path,
        typer.Option(help="Folder to write the larger space or tagger to.", show_default=False),
    ],
    counts: Annotated[
        str | None,
        typer.Option(
            help="Number of images that have both the new tag and a known one: "
            "tent=310,lantern=95.",
            show_default=False,
        ),
    ] = None,
    pictures: Annotated[
        float | None,
        typer.Option(
            "--images", help="For --counts: number of images with the new tag.", show_default=False
        ),
    ] = None,
    source: Annotated[
        Path | None,
        typer.Option(
            "--from", help="Tag table in which some images have the new tag.", show_default=False
        ),
    ] = None,
    like: Annotated[
        str | None,
        typer.Option(
            help="Known tags that the new tag is similar to: tent,lantern.", show_default=False
        ),
    ] = None,
    total: Annotated[
        float | None,
        typer.Option(
            help="Number of images among which the new tag was counted. Default: as in the space.",
            show_default=False,
        ),
    ] = None,
    ridge: Annotated[
        float,
        typer.Option(
            help="Ridge penalty on directions with small eigenvalues; 0 folds in exactly.", min=0.0
        ),
    ] = 1.0,
    overwrite: OverwriteFolderOption = False,
    json: JsonOption = False,
    *,
    table: Annotated[tables.TableOptions, LeaveOut(("images", "min_count", "vocabulary"))],
) -> None:
    """Add a tag to a label space, by the tags that it occurs with (§3.3.1).

    The embeddings of known tags do not change. A tagger trained for the space can predict the new
    tag without training: give the tagger's folder instead of the space's to write such a tagger.

    Examples:
        labelsphere place tagger/ glamping --counts tent=310,lantern=95 --images 400 --output new/

        labelsphere place space/ glamping --from new-images.csv --output larger/

        labelsphere place tagger/ yurt --like tent,lantern --output new/
    """
    from labelsphere.artefact import check_free
    from labelsphere.cli.output import print_json, print_table, remark
    from labelsphere.cli.spaces import load_space_or_tagger, save_with_space
    from labelsphere.errors import UsageError

    if sum(given is not None for given in (counts, source, like)) != 1:
        raise UsageError("give exactly one of --counts, --from and --like")
    if (counts is None) != (pictures is None):
        raise UsageError(
            "give --counts and --images together: --images is the number of images with the new tag"
        )
    check_free(output, overwrite=overwrite)
    known, tagger = load_space_or_tagger(space)
    if counts is not None:
        larger = known.place(label, _pairs(counts), images=pictures, total=total, ridge=ridge)
    elif like is not None:
        larger = known.place(label, [name.strip() for name in like.split(",")])
    else:
        assert source is not None
        annotations = table.read(source, quiet=True)
        larger = known.place(label, annotations, total=total, ridge=ridge)
    save_with_space(larger, tagger, output, overwrite=overwrite)
    near = larger.neighbors(label, 5)
    if json:
        print_json({"output": output, "label": label, "images": _count(larger), "neighbors": near})
        return
    print_table(f"Closest to: {label}", ["Label", "Proximity"], near)
    remark(f"written to {output}")


def _pairs(text: str) -> dict[str, float]:
    """Parse ``tent=310,lantern=95`` into numbers by name."""
    from labelsphere.errors import UsageError

    pairs = {}
    for pair in text.split(","):
        name, equals, number = pair.strip().rpartition("=")
        try:
            count = float(number)
        except ValueError:
            count = float("nan")
        if not (equals and name.strip()) or count != count:
            raise UsageError(
                f"--counts must be tag=number pairs separated by commas, but got {pair!r}"
            )
        pairs[name.strip()] = count
    return pairs


def _count(space: "LabelSpace") -> int:
    return int(space.counts[-1])
