"""Where the pictures that a table names are on disk."""

import os
import re
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
    name = pl.col("name")
    written = paths.fill_null("").to_frame("name")
    endings = "|".join(re.escape(ending) for ending in sorted(IMAGE_SUFFIXES))
    complete = name.str.contains(f"(?i)({endings})$")
    if not written.select(complete.all()).item() and (whole := _whole_names(folder)):
        ended = name.replace_strict(whole, default=name)
        written = written.select(pl.when(complete).then(name).otherwise(ended).alias("name"))
    absolute = name.str.contains(r"^([/\\]|[A-Za-z]:)")
    inside = pl.lit("" if folder == Path() else f"{folder}{os.sep}") + name
    files = written.select(pl.when(absolute).then(name).otherwise(inside)).to_series()
    spread = files.gather_every(max(1, len(files) // SAMPLE))
    if not sure and not any(_is_file(name) for name in spread):
        return None
    return PictureFiles(files.to_list())


def _is_file(name: str) -> bool:
    """Whether there is such a file; what is too long or odd for a file's name is none."""
    try:
        return Path(name).is_file()
    except (OSError, ValueError):
        return False


def _whole_names(folder: Path) -> dict[str, str]:
    """File names without their ending → file names, of the images directly in the folder."""
    names = sorted(name.name for name in folder.iterdir())
    parts = (os.path.splitext(name) for name in names)  # noqa: PTH122 - a name, no path
    return {stem: stem + end for stem, end in parts if end.lower() in IMAGE_SUFFIXES}
