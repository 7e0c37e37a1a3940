"""``labelsphere embed``: a label space from a table of tags."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from labelsphere.cli import tables
from labelsphere.cli.fit_source import FitOptions
from labelsphere.cli.options import (
    JsonOption,
    LeaveOut,
    OverwriteFolderOption,
    options_of_dataclasses,
)
from labelsphere.space.embedders import EMBEDDERS

if TYPE_CHECKING:
    from labelsphere.space import LabelSpace


@options_of_dataclasses
def embed(
    tags: tables.TagsArgument,
    output: Annotated[
        Path, typer.Option(help="Folder to write the label space to.", show_default=False)
    ],
    method: Annotated[
        str,
        typer.Option(
            help="How to embed the labels.\n\n"
            + "\n".join(f"{name}: {entry.description}" for name, entry in EMBEDDERS.items()),
        ),
    ] = "pmi",
    dim: Annotated[
        int | None,
        typer.Option(
            help="Number of dimensions. Default: as many as the method finds, up to 4,096.",
            show_default=False,
        ),
    ] = None,
    exponent: Annotated[
        float | None,
        typer.Option(
            help="Exponent of the eigenvalues. Default: 0.5, as in the paper.",
            show_default=False,
        ),
    ] = None,
    shift: Annotated[
        float | None,
        typer.Option(
            help="For shifted: how many times as often as by chance a pair must occur. Default: 5.",
            show_default=False,
        ),
    ] = None,
    smoothing: Annotated[
        float | None,
        typer.Option(
            help="For smoothed: number of imaginary images that have every label. Default: 1.",
            show_default=False,
        ),
    ] = None,
    overwrite: OverwriteFolderOption = False,
    json: JsonOption = False,
    *,
    fitted: FitOptions,
    table: Annotated[tables.TableOptions, LeaveOut(("images",))],
) -> None:
    """Fit a label space to a table of tags, or to counts that labelsphere count saved.

    Tags that occur together are embedded near each other; --method selects other embeddings.
    Pictures are not opened.

    Examples:
        labelsphere embed tags.csv --output space/

        labelsphere embed icons.parquet --dim 1024 --group base_id --output space/

        labelsphere embed counts/ --output space/

        labelsphere embed tags.csv --method word-vectors --option path=words.txt --output space/
    """
    from labelsphere.artefact import check_free
    from labelsphere.cli.output import print_json
    from labelsphere.space import LabelSpace

    check_free(output, overwrite=overwrite)
    source, options = fitted.read(tags, table, method)
    more = {"shift": shift, "smoothing": smoothing, "exponent": exponent}
    given = {name: value for name, value in more.items() if value is not None}
    space = LabelSpace.fit(source, method, dim, **{**options, **given})
    space.save(output, overwrite=overwrite)
    if json:
        print_json({"output": output, **_sizes(space), **space.record.to_json()})
    else:
        _print(space, output)


def _sizes(space: "LabelSpace") -> dict[str, int]:
    return {"labels": space.n_labels, "placed": int(space.placed.sum()), "dim": space.dim}


def _print(space: "LabelSpace", output: Path) -> None:
    from labelsphere.cli.output import print_table, remark

    record, facts = space.record, space.record.facts
    cells = {
        "Labels": f"{space.n_labels:,}",
        "Placed": f"{space.placed.sum():,}",
        # Some methods count no images or pairs, or have no spectrum.
        "Images": None if record.images is None else f"{record.images:,.0f}",
        "Pairs seen together": f"{facts['pairs']:,}" if "pairs" in facts else None,
        "Dimensions": f"{space.dim:,}",
    }
    notes = []
    if "positive_share" in facts:
        share = facts["positive_share"]
        cells["Spectrum held"] = "unknown" if share is None else f"{share:.2%}"
        notes.append(
            "Spectrum held: share of the squared positive eigenvalues that the dimensions keep."
        )
    known = {name: cell for name, cell in cells.items() if cell is not None}
    print_table("Label space", list(known), [list(known.values())], notes)
    names = facts.get("unknown_labels")
    if isinstance(names, list) and names:
        first = ", ".join(map(str, names[:5]))
        remark(f"{facts['unknown']:,} labels are not in the given file, such as {first}")
    unplaced = space.n_labels - int(space.placed.sum())
    if unplaced and "unknown" not in facts:
        remark(
            f"{unplaced:,} labels have no embedding: no counted image has them, all images have "
            "them, or their embeddings are zero in the kept dimensions"
        )
    if facts.get("pairs") == 0:
        remark(
            "no two labels occur together on an image, so their embeddings cannot be computed; "
            "if cells hold several tags each, check --separator"
        )
    remark(f"written to {output}")
