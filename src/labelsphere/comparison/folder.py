"""The folder of a comparison: what belongs into it, and how to clear it."""

import shutil
from pathlib import Path

from labelsphere.artefact import check_free
from labelsphere.errors import ArtefactError

CONTENTS = (
    "runs",
    "taggers",
    "tagger",
    "tagger.training",
    "results.json",
    "report.html",
    "report.md",
    "curves.png",
    "budgets.png",
)
"""Everything that a comparison, or the demo, writes into its folder."""


def check_comparison_folder(folder: Path, *, overwrite: bool = False) -> None:
    """Refuse a folder that no comparison can be written to or continued in.

    Args:
        folder: Where the comparison is to be written.
        overwrite: Whether an earlier comparison there is to be removed.

    Raises:
        ArtefactError: If it is a file, or holds anything but a comparison.
    """
    if overwrite and folder.is_dir():
        foreign = sorted(path.name for path in folder.iterdir() if not _belongs(path.name))
        if foreign:
            raise ArtefactError(
                f"{folder} holds {foreign[0]}, which no comparison wrote, and is not overwritten; "
                "name another folder"
            )
    elif not (folder / "runs").is_dir():
        check_free(folder)


def clear_comparison(folder: Path) -> None:
    """Remove an earlier comparison, finished or not, so that the next one starts from nothing.

    Args:
        folder: The comparison's folder; nothing is done if there is none.

    Raises:
        ArtefactError: If it is a file, or holds anything but a comparison.
    """
    check_comparison_folder(folder, overwrite=True)
    if folder.exists():
        shutil.rmtree(folder)


def _belongs(name: str) -> bool:
    # A process that was killed leaves what it was writing under a name of this form.
    return name in CONTENTS or (name.startswith(".") and name.endswith(".partial"))
