"""Pictures in tar files such as WebDataset's shards, read as a stream."""

import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath

from labelsphere.annotations.file_names import printable
from labelsphere.annotations.listing import file_ending
from labelsphere.annotations.picture_formats import picture_endings
from labelsphere.annotations.pictures import MOST_BYTES
from labelsphere.archive.sources.item import Item, stored
from labelsphere.errors import DataError


def tar_items(path: Path, on_skip: Callable[[str], None]) -> Iterator[Item]:
    """Yield the pictures of a tar file, in its order, one in memory at a time.

    Members whose paths lead out of the archive, links and devices are skipped and reported.

    Raises:
        DataError: If the file is not a tar file or is damaged.
    """
    shown = printable(str(path))
    try:
        with tarfile.open(path, "r|*") as archive:
            for member in archive:
                if file_ending(member.name) not in picture_endings():
                    continue
                name = printable(member.name)
                if reason := refusal_of(member):
                    on_skip(f"{shown}: {name} {reason}: skipped")
                    continue
                file = archive.extractfile(member)
                data = file.read() if file is not None else b""
                yield Item(f"{shown}::{name}", stored(data), len(data))
    except (tarfile.TarError, EOFError, OSError) as error:
        raise DataError(
            f"{shown} cannot be read as a tar file ({error}): download it again"
        ) from error


def refusal_of(member: tarfile.TarInfo) -> str:
    """Return the reason to skip a member; empty if it is a regular file in the archive."""
    if not member.isfile():
        return "is not a regular file"
    if member.name.startswith("/") or ".." in PurePosixPath(member.name).parts:
        return "leads out of the archive"
    if member.size > MOST_BYTES:
        return f"is larger than {MOST_BYTES >> 20:,} MiB"
    return ""


def key_of(name: str) -> str:
    """Return a member's WebDataset key: its path up to the first dot of the file's name.

    Examples:
        >>> key_of("train/0001.photo.jpg")
        'train/0001'
    """
    folder, slash, file = name.rpartition("/")
    return folder + slash + file.partition(".")[0]
