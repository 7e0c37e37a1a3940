"""Printed changes of dry runs: ``tag``, ``retag`` and ``untag``."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from labelsphere.archive.differences import Difference
    from labelsphere.archive.sidecar_files import SidecarPlan, SidecarRemoval

_SHOWN = 20


def print_plans(planned: "Sequence[SidecarPlan]") -> None:
    """Print the tags that sidecars would get, one sidecar per line."""
    from labelsphere.annotations.file_names import printable
    from labelsphere.cli.output import remark

    lines = [
        f"{printable(str(plan.sidecar))}{' (new)' if plan.created else ''}: "
        f"{_signed('+', plan.added)}"
        for plan in planned
        if plan.added
    ]
    _print_first(lines)
    remark(f"dry run: {len(lines):,} of {len(planned):,} sidecars would change")


def print_removals(removed: "Sequence[SidecarRemoval]", files: Sequence[Path]) -> None:
    """Print the tags that would be removed, one sidecar per line, and the files to delete."""
    from labelsphere.annotations.file_names import printable
    from labelsphere.cli.output import print_line, remark

    _print_first(
        [
            f"{printable(str(one.sidecar))}{' (gone)' if one.left is None else ''}: "
            f"{_signed('-', one.tags)}"
            for one in removed
        ]
    )
    for path in files:
        print_line(f"{printable(str(path))} (gone)")
    remark(f"dry run: {len(removed):,} sidecars and {len(files):,} files would change")


def print_differences(output: Path, differences: "Sequence[Difference]") -> None:
    """Print how an output would change, one picture per line."""
    from labelsphere.cli.output import remark

    _print_first([_difference_line(one) for one in differences])
    remark(f"dry run: {len(differences):,} pictures of {output} would change")


def _difference_line(one: "Difference") -> str:
    changes = [_signed("+", one.added), _signed("-", one.removed)]
    kind = " (new)" if one.new else " (gone)" if one.gone else ""
    return f"{one.name}{kind}: {', '.join(filter(None, changes)) or 'other probabilities'}"


def _signed(sign: str, names: Sequence[str]) -> str:
    return ", ".join(f"{sign}{name}" for name in names)


def _print_first(lines: Sequence[str]) -> None:
    from labelsphere.cli.output import print_line

    for line in lines[:_SHOWN]:
        print_line(line)
    if len(lines) > _SHOWN:
        print_line(f"… and {len(lines) - _SHOWN:,} more")
