"""Writer of tar shards: the members of the source, and a ``.json`` of tags per picture."""

import io
import json
import tarfile
from collections.abc import Iterable
from pathlib import Path

from labelsphere.annotations.file_names import printable
from labelsphere.archive.sources import key_of, refusal_of
from labelsphere.archive.writers.output_picture import OutputPicture, tag_lists
from labelsphere.errors import DataError, UsageError


def write_tar(pictures: Iterable[OutputPicture], path: Path, *, calibrated: bool) -> None:
    """Copy a shard with a member ``KEY.json`` after each picture that has tags.

    If the shard has a ``.json`` for a picture, it is kept and ours is ``KEY.tags.json``. Members
    whose paths lead out of the archive are left out.

    Args:
        pictures: Pictures of one shard.
        path: File to write.
        calibrated: Whether tags have probabilities.

    Raises:
        UsageError: If the pictures are not from one tar file.
        DataError: If the shard cannot be read.
    """
    tags = {one.name: one for one in pictures}
    shards = {name.partition("::")[0] for name in tags}
    if len(shards) != 1 or any("::" not in name for name in tags):
        raise UsageError(
            "a tar is written from the pictures of one tar file; give one, or another output"
        )
    source = Path(shards.pop())
    try:
        with tarfile.open(source, "r:*") as read:
            names = {member.name for member in read}
        with tarfile.open(source, "r|*") as read, tarfile.open(path, "w|") as write:
            for member in read:
                if refusal_of(member) and not member.isdir():
                    continue
                write.addfile(member, read.extractfile(member) if member.isfile() else None)
                one = tags.get(f"{printable(str(source))}::{printable(member.name)}")
                if one is not None:
                    _add_tags(write, member, one, names, calibrated=calibrated)
    except (tarfile.TarError, EOFError) as error:
        raise DataError(f"{source} cannot be read as a tar file ({error})") from error


def _add_tags(
    write: tarfile.TarFile,
    picture: tarfile.TarInfo,
    one: OutputPicture,
    names: set[str],
    *,
    calibrated: bool,
) -> None:
    key = key_of(picture.name)
    name = f"{key}.json" if f"{key}.json" not in names else f"{key}.tags.json"
    found = {"image": one.name, **tag_lists(one.tags, calibrated=calibrated)}
    data = (json.dumps(found, ensure_ascii=False) + "\n").encode()
    member = tarfile.TarInfo(name)
    member.size, member.mtime, member.mode = len(data), picture.mtime, 0o644
    write.addfile(member, io.BytesIO(data))
