"""The folder of a comparison: what belongs into it, and how to start it anew."""

import shutil
from pathlib import Path

from labelsphere.errors import ArtefactError

CONTENTS = ("runs", "taggers", "results.json", "report.html", "report.md", "curves.png")
"""Everything that a comparison writes into its folder."""


def clear_comparison(folder: str | Path) -> None:
    """Remove an earlier comparison, finished or not, so that the next one begins afresh.

    Args:
        folder: The comparison's folder; nothing is done if there is none.

    Raises:
        ArtefactError: If there is a file in its place, or the folder holds anything else.
    """
    folder = Path(folder)
    if folder.is_file():
        raise ArtefactError(f"{folder} is a file; expected a folder to write to: name another")
    if not folder.exists():
        return
    foreign = sorted(path.name for path in folder.iterdir() if not _belongs(path.name))
    if foreign:
        raise ArtefactError(
            f"{folder} holds {foreign[0]}, which no comparison wrote, and is not overwritten; "
            "name another folder"
        )
    shutil.rmtree(folder)


def _belongs(name: str) -> bool:
    # A process that was killed leaves what it was writing under a name of this form.
    return name in CONTENTS or (name.startswith(".") and name.endswith(".partial"))
