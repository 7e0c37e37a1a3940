"""Counts in place of a tag table: told from the folder, with options that would do nothing."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from labelsphere.space import Counts


def are_counts(path: Path) -> bool:
    """Whether a folder was saved by ``labelsphere count``."""
    from labelsphere.artefact import saved_kind

    return saved_kind(path) == "counts"


def load_counts(path: Path, options: Mapping[str, Any]) -> "Counts":
    """Read saved counts.

    Args:
        path: The folder.
        options: Options about a table of tags as the user gave them, unset ones as ``None``,
            ``False`` or empty.

    Raises:
        UsageError: If an option is given: what was counted cannot be read otherwise.
        ArtefactError: If the folder is damaged.
    """
    from labelsphere.errors import UsageError
    from labelsphere.space import Counts

    given = [name for name, value in options.items() if value]
    if given:
        raise UsageError(
            f"{path} holds counts, for which --{given[0].replace('_', '-')} has no meaning; "
            "give it when the table is counted"
        )
    return Counts.load(path)
