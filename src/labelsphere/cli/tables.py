"""The options that every verb with a tag table has, and the reading of it."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from labelsphere.annotations.readers import READERS

if TYPE_CHECKING:
    from labelsphere.annotations import Annotations, Vocabulary

_PANEL = "Tag table"

TagsArgument = Annotated[
    Path,
    typer.Argument(
        metavar="TAGS",
        help="A table of images and tags, a file of an annotation tool, or a folder of images with "
        "text files beside them; --format names the formats.",
        show_default=False,
    ),
]
FormatOption = Annotated[
    str | None,
    typer.Option(
        "--format",
        help=f"{', '.join(READERS)}; told from the name and the contents.",
        rich_help_panel=_PANEL,
        show_default=False,
    ),
]
SeparatorOption = Annotated[
    str | None,
    typer.Option(
        help="What stands between the tags of a cell: a comma, unless the column's name is in the "
        "singular. Empty ('') if each row is one tag.",
        rich_help_panel=_PANEL,
        show_default=False,
    ),
]
ImageColumnOption = Annotated[
    str | None,
    typer.Option(
        help="Column of the image's id or path, if it is not recognised.",
        rich_help_panel=_PANEL,
        show_default=False,
    ),
]
TagColumnOption = Annotated[
    str | None,
    typer.Option(
        help="Column of the tags, if it is not recognised.",
        rich_help_panel=_PANEL,
        show_default=False,
    ),
]
ImagesOption = Annotated[
    Path | None,
    typer.Option(
        help="Folder that the table's picture paths are relative to; the table's own folder.",
        rich_help_panel=_PANEL,
        show_default=False,
    ),
]
MinCountOption = Annotated[
    int,
    typer.Option(help="Drop labels on fewer images than this.", min=1, rich_help_panel=_PANEL),
]
MinConfidenceOption = Annotated[
    float,
    typer.Option(help="Drop tags of a lower confidence.", min=0.0, max=1.0, rich_help_panel=_PANEL),
]
VocabularyOption = Annotated[
    Path | None,
    typer.Option(
        help="File of the labels to keep, one a line.",
        rich_help_panel=_PANEL,
        show_default=False,
    ),
]
LabelNamesOption = Annotated[
    Path | None,
    typer.Option(
        help="CSV of label codes and names, such as Open Images' class descriptions.",
        rich_help_panel=_PANEL,
        show_default=False,
    ),
]
KeepOption = Annotated[
    list[str] | None,
    typer.Option(
        metavar="TAG",
        help="A tag such as none or NULL that would be taken for the mark of an empty cell; may be "
        "given again.",
        rich_help_panel=_PANEL,
        show_default=False,
    ),
]


def read_table(
    tags: Path,
    *,
    format: str | None = None,
    separator: str | None = None,
    image_column: str | None = None,
    tag_column: str | None = None,
    images: Path | None = None,
    min_count: int = 1,
    min_confidence: float = 0.0,
    vocabulary: "Vocabulary | Path | None" = None,
    label_names: Path | None = None,
    keep: Sequence[str] = (),
    quiet: bool = False,
) -> "Annotations":
    """Read a tag table as the options say, and tell on stderr what was left out.

    The options are `Annotations.read`' arguments under their own names. With ``quiet`` nothing is
    told: the caller shows the report itself.

    Raises:
        UsageError: If an option is wrong.
        DataError: If the table cannot be used.
    """
    from labelsphere.annotations import Annotations
    from labelsphere.cli.output import remark

    annotations = Annotations.read(
        tags,
        format=format,
        separator=separator,
        image_column=image_column,
        tag_column=tag_column,
        images=images,
        min_count=min_count,
        min_confidence=min_confidence,
        vocabulary=vocabulary,
        label_names=label_names,
        keep=keep,
    )
    if not quiet:
        for sentence in annotations.report.remarks():
            remark(f"{tags}: {sentence}")
    return annotations


def moved_pictures(annotations: "Annotations", source: Path, output: Path) -> list[str]:
    """A note where a table that is written elsewhere does not find its pictures from there."""
    from labelsphere.annotations import PictureFiles

    folder = source if source.is_dir() else source.parent
    if not isinstance(annotations.pictures, PictureFiles):
        return []
    if folder.resolve() == output.parent.resolve():
        return []
    return [f"its picture paths are relative to {folder}: read {output} with --images {folder}"]
