"""Where the pictures that a table names are on disk."""

import os
from pathlib import Path

import polars as pl

from labelsphere.annotations.pictures import PictureFiles
from labelsphere.annotations.readers.folder import IMAGE_SUFFIXES

SAMPLE = 1000


def find_pictures(paths: pl.Series, folder: Path, *, sure: bool) -> PictureFiles | None:
    """Files for the paths of a table.

    A path is taken as written, relative to the folder. One without an image's ending, as in Open
    Images, stands for the file in the folder that has an ending and is else the same.

    Args:
        paths: Path of each picture, (images,) strings; null where there is none.
        folder: Folder that the paths are relative to.
        sure: Whether the pictures must be there. If not, None is returned when none of a
            thousand, evenly spread over the table, is.
    """
    written = paths.fill_null("").to_list()
    endings = _endings(folder) if any(not _is_image(name) for name in written) else {}
    files = [
        os.path.join(folder, name if _is_image(name) else endings.get(name, name))  # noqa: PTH118
        for name in written
    ]
    spread = files[:: max(1, len(files) // SAMPLE)]
    if not sure and not any(os.path.isfile(name) for name in spread):  # noqa: PTH113
        return None
    return PictureFiles(files)


def _is_image(name: str) -> bool:
    return os.path.splitext(name)[1].lower() in IMAGE_SUFFIXES  # noqa: PTH122


def _endings(folder: Path) -> dict[str, str]:
    """File names without their ending → file names, of the images directly in the folder."""
    with os.scandir(folder) as entries:
        names = sorted(entry.name for entry in entries if _is_image(entry.name))
    return {os.path.splitext(name)[0]: name for name in names}  # noqa: PTH122
