"""Saved counts where a table of tags may be given: recognising and reading them."""

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
        given: Names of options about a table of tags that the user gave.

    Raises:
        UsageError: If an option is given: what was counted cannot be read otherwise.
        ArtefactError: If the folder is damaged.
    """
    from labelsphere.errors import UsageError
    from labelsphere.space import Counts

    if given:
        raise UsageError(
            f"{path} holds counts, for which --{given[0].replace('_', '-')} has no meaning; "
            "give it when the table is counted"
        )
    return Counts.load(path)
