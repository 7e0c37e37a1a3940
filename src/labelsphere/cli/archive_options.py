"""The options of runs over archives, and what several verbs do with them."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from labelsphere.archive.beside import Plan, Removal
    from labelsphere.archive.differences import Difference
    from labelsphere.archive.filtering import TagFilter

PANEL = "Archives"
_SHOWN = 20

RunOption = Annotated[
    Path | None,
    typer.Option(
        "--run",
        help="Folder of the run's journal; the output's name with .run unless given.",
        rich_help_panel=PANEL,
        show_default=False,
    ),
]
VectorsOption = Annotated[
    bool,
    typer.Option(
        help="Keep each picture's vector in the journal, for labelsphere retag.",
        rich_help_panel=PANEL,
    ),
]
SidecarsOption = Annotated[
    str | None,
    typer.Option(
        help="Write tags beside each picture: text (.txt) or xmp (.xmp). What is there stays.",
        rich_help_panel=PANEL,
        show_default=False,
    ),
]
SidecarNamesOption = Annotated[
    str | None,
    typer.Option(
        help="Names of new sidecars: stem (photo.txt) or full (photo.jpg.txt).",
        rich_help_panel=PANEL,
        show_default=False,
    ),
]
AcceptedOnlyOption = Annotated[
    bool,
    typer.Option(
        "--accepted-only", help="Write no tags that are only suggested.", rich_help_panel=PANEL
    ),
]
AtMostOption = Annotated[
    int | None,
    typer.Option(
        help="Write at most so many tags a picture.",
        min=1,
        rich_help_panel=PANEL,
        show_default=False,
    ),
]
BlockOption = Annotated[
    list[str] | None,
    typer.Option(
        help="A tag that is never written, or a file of such tags, one a line; may be repeated.",
        rich_help_panel=PANEL,
        show_default=False,
    ),
]
ImpliedOption = Annotated[
    Path | None,
    typer.Option(
        help="Hierarchy file, such as a CSV of child,parent: a tag's parents are written with it.",
        rich_help_panel=PANEL,
        show_default=False,
    ),
]
AtMostPerCategoryOption = Annotated[
    int | None,
    typer.Option(
        help="Write at most so many tags of a category a picture; tags in none are not limited.",
        min=1,
        rich_help_panel=PANEL,
        show_default=False,
    ),
]
CategoriesOption = Annotated[
    Path | None,
    typer.Option(
        help="CSV file of tag,category; unless given, a category is what stands before a name's "
        "first colon, as in character:alice.",
        rich_help_panel=PANEL,
        show_default=False,
    ),
]
AliasesOption = Annotated[
    bool,
    typer.Option(
        "--aliases",
        help="Write the other names of a tag with it, such as labelsphere revise gives it.",
        rich_help_panel=PANEL,
    ),
]
DryRunOption = Annotated[
    bool,
    typer.Option(
        "--dry-run",
        help="Show what would be written or changed, and write nothing but the journal.",
        rich_help_panel=PANEL,
    ),
]


def tag_filter(
    *,
    accepted_only: bool,
    at_most: int | None,
    at_most_per_category: int | None,
    categories: Path | None,
    block: list[str] | None,
    implied: Path | None,
) -> "TagFilter":
    """The filter that the options describe.

    Raises:
        UsageError: If a file is not there or a number is wrong.
        DataError: If a file cannot be used.
    """
    from labelsphere.annotations import Hierarchy
    from labelsphere.annotations.text import decode
    from labelsphere.archive.categories import Categories
    from labelsphere.archive.filtering import TagFilter
    from labelsphere.errors import UsageError

    if categories is not None and at_most_per_category is None:
        raise UsageError("--categories does nothing without --at-most-per-category")
    blocked: set[str] = set()
    for given in block or []:
        path = Path(given)
        if path.is_file():
            lines = decode(path.read_bytes(), path).splitlines()
            blocked |= {line.strip() for line in lines if line.strip()}
        else:
            blocked.add(given)
    hierarchy = None if implied is None else Hierarchy.read(implied)
    return TagFilter(
        not accepted_only,
        at_most,
        frozenset(blocked),
        hierarchy,
        at_most_per_category,
        Categories() if categories is None else Categories.read(categories),
    )


def chosen_sidecars(sidecars: str | None, names: str | None) -> None:
    """Check the options of sidecars.

    Raises:
        UsageError: If a name is unknown.
    """
    from labelsphere.archive.beside import KINDS
    from labelsphere.errors import UsageError

    if sidecars is not None and sidecars not in KINDS:
        raise UsageError(f"--sidecars must be one of {', '.join(KINDS)}, but got {sidecars!r}")
    if names not in (None, "stem", "full"):
        raise UsageError(f"--sidecar-names must be stem or full, but got {names!r}")


def print_plans(planned: "list[Plan]") -> None:
    """Show what sidecars would get, a line each."""
    from labelsphere.annotations.file_names import printable
    from labelsphere.cli.output import print_line, remark

    changed = [plan for plan in planned if plan.added]
    for plan in changed[:_SHOWN]:
        new = " (new)" if plan.created else ""
        tags = ", ".join(f"+{name}" for name in plan.added)
        print_line(f"{printable(str(plan.sidecar))}{new}: {tags}")
    if len(changed) > _SHOWN:
        print_line(f"… and {len(changed) - _SHOWN:,} more")
    remark(f"dry run: {len(changed):,} of {len(planned):,} sidecars would change")


def print_removals(removed: "list[Removal]", files: list[Path]) -> None:
    """Show what would be taken back, a line a sidecar and a file."""
    from labelsphere.annotations.file_names import printable
    from labelsphere.cli.output import print_line, remark

    for one in removed[:_SHOWN]:
        gone = " (gone)" if one.left is None else ""
        tags = ", ".join(f"-{name}" for name in one.tags)
        print_line(f"{printable(str(one.sidecar))}{gone}: {tags}")
    if len(removed) > _SHOWN:
        print_line(f"… and {len(removed) - _SHOWN:,} more")
    for path in files:
        print_line(f"{printable(str(path))} (gone)")
    remark(f"dry run: {len(removed):,} sidecars and {len(files):,} files would change")


def print_differences(output: Path, differences: "list[Difference]") -> None:
    """Show how an output would change, a line a picture."""
    from labelsphere.cli.output import print_line, remark

    for one in differences[:_SHOWN]:
        signs = [*(f"+{name}" for name in one.added), *(f"-{name}" for name in one.removed)]
        kind = " (new)" if one.new else " (gone)" if one.gone else ""
        print_line(f"{one.name}{kind}: {', '.join(signs) or 'other probabilities'}")
    if len(differences) > _SHOWN:
        print_line(f"… and {len(differences) - _SHOWN:,} more")
    remark(f"dry run: {len(differences):,} pictures of {output} would change")
