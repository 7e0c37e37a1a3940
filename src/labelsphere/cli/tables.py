"""The options of every verb that reads a table of tags."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from labelsphere.annotations.readers import READERS
from labelsphere.cli.options import LeaveOut

if TYPE_CHECKING:
    from labelsphere.annotations import Annotations, AnnotationStream, Vocabulary

_PANEL = {"panel": "Tag table"}

TagsArgument = Annotated[
    Path,
    typer.Argument(
        metavar="TAGS",
        help="A table of images and tags, a file of an annotation tool, or a folder of images with "
        "text files beside them; --format names the formats.",
        show_default=False,
    ),
]


@dataclass(frozen=True)
class TableOptions:
    """Options for reading a table of tags: the arguments of `Annotations.read`.

    Attributes:
        format: Format of the table. Default: recognised by name and contents.
        separator: Text between the tags of a cell. Default: a comma, unless the column's name is in
            the singular. Empty ('') if each row is one tag.
        image_column: Column of the image's id or path, if it is not recognised.
        tag_column: Column of the tags, if it is not recognised.
        images: Folder that the table's picture paths are relative to. Default: the table's folder.
        min_count: Drop labels on fewer images than this.
        min_confidence: Drop tags of a lower confidence.
        vocabulary: File of the labels to keep, one per line.
        label_names: CSV of label codes and names, such as Open Images' class descriptions.
        keep: A tag such as none or NULL, which would otherwise count as an empty cell; may be given
            again.
    """

    format: str | None = field(default=None, metadata=_PANEL | {"choices": tuple(READERS)})
    separator: str | None = field(default=None, metadata=_PANEL)
    image_column: str | None = field(default=None, metadata=_PANEL)
    tag_column: str | None = field(default=None, metadata=_PANEL)
    images: Path | None = field(default=None, metadata=_PANEL)
    min_count: int = field(default=1, metadata=_PANEL | {"min": 1})
    min_confidence: float = field(default=0.0, metadata=_PANEL | {"min": 0.0, "max": 1.0})
    vocabulary: Path | None = field(default=None, metadata=_PANEL)
    label_names: Path | None = field(default=None, metadata=_PANEL)
    keep: tuple[str, ...] = field(
        default=(), metadata=_PANEL | {"repeated": True, "metavar": "TAG"}
    )

    def read(
        self,
        tags: Path,
        *,
        vocabulary: "Vocabulary | None" = None,
        untagged: bool = False,
        quiet: bool = False,
    ) -> "Annotations":
        """Read a table of tags, and print on stderr what was left out.

        Args:
            tags: The table.
            vocabulary: Labels to keep, instead of the option's.
            untagged: Whether to accept a table without any tag.
            quiet: Whether to print nothing, because the caller shows the report.

        Raises:
            UsageError: If an option is wrong.
            DataError: If the table cannot be used.
        """
        from labelsphere.annotations import Annotations
        from labelsphere.cli.output import remark

        arguments = {each.name: getattr(self, each.name) for each in fields(self)}
        if vocabulary is not None:
            arguments["vocabulary"] = vocabulary
        annotations = Annotations.read(tags, untagged=untagged, **arguments)
        if not quiet:
            for sentence in annotations.report.remarks():
                remark(f"{tags}: {sentence}")
        return annotations

    def stream(
        self,
        tags: Sequence[Path],
        *,
        vocabulary: "Vocabulary | Path | None",
        aliases: Mapping[str, str],
        columns: Sequence[str],
    ) -> "AnnotationStream":
        """Read tables of tags in chunks: `stream_annotations` with these options.

        Args:
            tags: The tables.
            vocabulary: Labels to keep, instead of the option's.
            aliases: Aliases of tags.
            columns: Additional columns of the chunks.

        Raises:
            UsageError: If an option is wrong.
            DataError: If a table cannot be used.
        """
        from labelsphere.annotations import stream_annotations

        # Pictures are not opened.
        taken = [each.name for each in fields(self) if each.name not in ("images", "vocabulary")]
        return stream_annotations(
            tags,
            vocabulary=vocabulary,
            aliases=aliases,
            columns=columns,
            **{name: getattr(self, name) for name in taken},
        )


WITHOUT_LABELS = LeaveOut(("min_count", "vocabulary"))
"""For verbs whose labels are a tagger's or a space's."""


def moved_pictures(annotations: "Annotations", source: Path, output: Path) -> list[str]:
    """Return a note if a table is written to a folder where its picture paths do not hold."""
    from labelsphere.annotations import PictureFiles

    folder = source if source.is_dir() else source.parent
    if not isinstance(annotations.pictures, PictureFiles):
        return []
    if folder.resolve() == output.parent.resolve():
        return []
    return [f"its picture paths are relative to {folder}: read {output} with --images {folder}"]
