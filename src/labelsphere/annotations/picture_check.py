"""Parallel check whether pictures can be opened."""

import errno
import os
import warnings
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from labelsphere.annotations.picture_formats import fault_in, open_picture
from labelsphere.annotations.pictures import Pictures

CHUNK = 256

MISSING_PICTURE = "missing"
"""Fault of a missing picture."""


def picture_faults(
    pictures: Pictures, progress: Callable[[int, int], None] | None = None
) -> dict[int, str]:
    """Open every picture and find those that cannot be used.

    Args:
        pictures: The pictures.
        progress: Called from time to time with the number of checked pictures, and of all.

    Returns:
        Row → fault, in a few words; `MISSING_PICTURE` if there is no picture.
    """
    total = len(pictures)
    faults: dict[int, str] = {}

    def look(start: int) -> list[tuple[int, str | None]]:
        rows = range(start, min(start + CHUNK, total))
        return [(row, _fault_of(pictures, row)) for row in rows]

    # Pillow and the file system release the interpreter lock.
    with warnings.catch_warnings(), ThreadPoolExecutor(os.cpu_count()) as pool:
        warnings.simplefilter("ignore")
        for found in pool.map(look, range(0, total, CHUNK)):
            faults.update((row, fault) for row, fault in found if fault is not None)
            if progress is not None and found:
                progress(found[-1][0] + 1, total)
    return faults


def picture_fault(data: bytes) -> str | None:
    """Describe the fault of an encoded picture; None if it can be opened completely.

    PNG is checked by its checksums, and JPEG by decoding at an eighth of its size. Both are several
    times faster than decoding. Other formats are decoded.
    """
    try:
        with open_picture(data) as image:
            if image.format == "PNG":
                image.verify()
            else:
                image.draft("L", (1, 1))
                image.load()
    # On damaged files, Pillow's decoders raise almost any exception.
    except Exception as error:
        return fault_in(data, error)
    return None


def _fault_of(pictures: Pictures, row: int) -> str | None:
    try:
        data = pictures.read(row)
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
        return MISSING_PICTURE
    except OSError as error:
        # A caption in place of a path, say: no file can be called so.
        return (
            MISSING_PICTURE if error.errno == errno.ENAMETOOLONG else error.strerror or str(error)
        )
    return picture_fault(data)
