"""``labelsphere refit``: fit a label space to new tags, aligned with the old one."""

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
from labelsphere.cli.spaces import SpaceOrTaggerArgument

if TYPE_CHECKING:
    from labelsphere.space import LabelSpace

_FARTHEST = 5


@options_of_dataclasses
def refit(
    space: SpaceOrTaggerArgument,
    tags: Annotated[
        Path,
        typer.Argument(
            metavar="TAGS|COUNTS",
            help="The current tags: a table, or a folder of saved counts.",
            show_default=False,
        ),
    ],
    output: Annotated[
        Path, typer.Option(help="Folder to write the new space or tagger to.", show_default=False)
    ],
    dim: Annotated[
        int | None,
        typer.Option(
            help="Dimensions to fit, at most those of the old space; the others are 0.",
            show_default=False,
        ),
    ] = None,
    overwrite: OverwriteFolderOption = False,
    json: JsonOption = False,
    *,
    fitted: FitOptions,
    table: Annotated[tables.TableOptions, LeaveOut(("images",))],
) -> None:
    """Fit a label space again and align it with the old one.

    For tags that were added, merged or counted again. Uses the method of the old space. A tagger
    that was trained for the old space works with the new one without training: give the tagger's
    folder instead of the space's to write such a tagger.

    Examples:
        labelsphere refit tagger/ tags.new.csv --output new/

        labelsphere refit space/ counts/ --output new/
    """
    from labelsphere.artefact import check_free
    from labelsphere.cli.output import print_json
    from labelsphere.cli.spaces import load_space_or_tagger, save_with_space

    check_free(output, overwrite=overwrite)
    old, tagger = load_space_or_tagger(space)
    source, options = fitted.read(tags, table, str(old.record.method))
    new = old.refit(source, dim, **options)
    save_with_space(new, tagger, output, overwrite=overwrite)
    gone = [name for name in old.vocabulary if name not in new.vocabulary]
    came = [name for name in new.vocabulary if name not in old.vocabulary]
    if json:
        print_json(
            {
                "output": output,
                "labels": new.n_labels,
                "placed": int(new.placed.sum()),
                "dim": new.dim,
                "new": came,
                "gone": gone,
                "moved": [{"label": name, "proximity": near} for name, near in new.moved(old)],
                **new.record.to_json(),
            }
        )
        return
    _print(old, new, came, gone, output)


def _print(
    old: "LabelSpace", new: "LabelSpace", came: list[str], gone: list[str], output: Path
) -> None:
    from labelsphere.cli.output import print_table, remark

    print_table(
        "Label space",
        ["Labels", "Placed", "Shared", "New", "Gone", "Proximity to the old embeddings"],
        [
            [
                f"{new.n_labels:,}",
                f"{new.placed.sum():,}",
                f"{new.record.aligned_labels or 0:,}",
                f"{len(came):,}",
                f"{len(gone):,}",
                f"{new.record.aligned_proximity or 0.0:.3f}",
            ]
        ],
        ["Mean cosine between the new and the old embedding of shared labels: 1 if none moved."],
    )
    print_table("Moved farthest", ["Label", "Proximity"], new.moved(old)[:_FARTHEST])
    for names, what in ((came, "new"), (gone, "gone")):
        if names:
            more = ", …" if len(names) > _FARTHEST else ""
            remark(f"{what}: {', '.join(names[:_FARTHEST])}{more}")
    remark(f"written to {output}")
