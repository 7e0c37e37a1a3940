"""Options of tagging runs: the journal, and which tags are written to which files."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from labelsphere.errors import UsageError

if TYPE_CHECKING:
    from labelsphere.archive.filtering import TagFilter

_PANEL = {"panel": "Archives"}
_FLAG = _PANEL | {"flag": True}
_NUMBER = _PANEL | {"min": 1}


@dataclass(frozen=True)
class JournalOptions:
    """Options of a run's journal.

    Attributes:
        run: Folder of the run's journal. Default: the output's name with .run appended.
        vectors: Keep each picture's vector in the journal, for labelsphere retag.
    """

    run: Path | None = field(default=None, metadata=_PANEL)
    vectors: bool = field(default=True, metadata=_PANEL)


@dataclass(frozen=True)
class WritingOptions:
    """Options of what a run writes.

    Attributes:
        sidecars: Write tags beside each picture: text (.txt) or xmp (.xmp). Existing contents are
            kept.
        sidecar_names: Names of new sidecars: stem (photo.txt) or full (photo.jpg.txt).
        accepted_only: Write accepted tags only, no suggested ones.
        at_most: Largest number of tags per picture.
        at_most_per_category: Largest number of tags of one category per picture. Tags without a
            category are not limited.
        categories: CSV file of tag,category. Default: a category is the text before a name's first
            colon, as in character:alice.
        block: A tag that is never written, or a file of such tags, one per line; may be repeated.
        implied: Hierarchy file, such as a CSV of child,parent: a tag's parents are written with it.
        aliases: Write a tag's aliases with it, such as those that labelsphere revise adds.
        dry_run: Show what would be written or changed, and write nothing but the journal.

    Raises:
        UsageError: If ``sidecars`` or ``sidecar_names`` is unknown.
    """

    sidecars: str | None = field(default=None, metadata=_PANEL)
    sidecar_names: str | None = field(default=None, metadata=_PANEL)
    accepted_only: bool = field(default=False, metadata=_FLAG)
    at_most: int | None = field(default=None, metadata=_NUMBER)
    at_most_per_category: int | None = field(default=None, metadata=_NUMBER)
    categories: Path | None = field(default=None, metadata=_PANEL)
    block: tuple[str, ...] = field(default=(), metadata=_PANEL | {"repeated": True})
    implied: Path | None = field(default=None, metadata=_PANEL)
    aliases: bool = field(default=False, metadata=_FLAG)
    dry_run: bool = field(default=False, metadata=_FLAG)

    def __post_init__(self) -> None:
        """Check the names."""
        if self.sidecars is not None:
            from labelsphere.archive.sidecar_files import KINDS

            if self.sidecars not in KINDS:
                raise UsageError(
                    f"--sidecars must be one of {', '.join(KINDS)}, but got {self.sidecars!r}"
                )
        if self.sidecar_names not in (None, "stem", "full"):
            raise UsageError(
                f"--sidecar-names must be stem or full, but got {self.sidecar_names!r}"
            )

    def tag_filter(self) -> "TagFilter":
        """The filter that the options describe, without aliases.

        Raises:
            UsageError: If a file is not there or a number is wrong.
            DataError: If a file cannot be used.
        """
        from labelsphere.annotations import Hierarchy
        from labelsphere.archive.categories import Categories
        from labelsphere.archive.filtering import TagFilter

        if self.categories is not None and self.at_most_per_category is None:
            raise UsageError("--categories does nothing without --at-most-per-category")
        return TagFilter(
            not self.accepted_only,
            self.at_most,
            frozenset(name for given in self.block for name in _blocked(given)),
            None if self.implied is None else Hierarchy.read(self.implied),
            self.at_most_per_category,
            Categories() if self.categories is None else Categories.read(self.categories),
        )


def _blocked(given: str) -> list[str]:
    """A tag, or the tags of a file."""
    from labelsphere.annotations.text import decode_text

    path = Path(given)
    if not path.is_file():
        return [given]
    lines = decode_text(path.read_bytes(), path).splitlines()
    return [line.strip() for line in lines if line.strip()]
