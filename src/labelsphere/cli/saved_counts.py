"""Saved counts, given instead of a table of tags."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from labelsphere.space import Counts


def are_counts(path: Path) -> bool:
    """Whether a folder was saved by ``labelsphere count``."""
    from labelsphere.artefact import saved_kind

    return saved_kind(path) == "counts"


def load_counts(path: Path, given: Sequence[str]) -> "Counts":
    """Read saved counts.

    Args:
        path: The folder.
        given: Names of the given options that apply to a table of tags only.

    Raises:
        UsageError: If such an option is given.
        ArtefactError: If the folder is damaged.
    """
    from labelsphere.errors import UsageError
    from labelsphere.space import Counts

    if given:
        raise UsageError(
            f"{path} holds counts, and --{given[0].replace('_', '-')} applies to tables; "
            "give the option to labelsphere count"
        )
    return Counts.load(path)
