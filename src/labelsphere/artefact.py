"""Atomic saving: folders and files are written under a temporary name and renamed."""

import errno
import json
import os
import re
import shutil
import tempfile
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from labelsphere.errors import ArtefactError, WriteError
from labelsphere.json_types import Json
from labelsphere.version import __version__

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
# Longer names are cut, so that the temporary name does not become too long.
_NAME_BYTES = 200


@contextmanager
def new_folder(target: str | Path, *, overwrite: bool = False) -> Iterator[Path]:
    """Write a folder: a temporary one next to ``target``, renamed to it when the block succeeds.

    If the block raises, the temporary folder is removed and what was at ``target`` stays.

    Args:
        target: Path of the folder. Parent folders are created.
        overwrite: Whether a saved folder may be replaced; no other folder is.

    Yields:
        The folder to write into.

    Raises:
        ArtefactError: If ``target`` is a file, or a folder with contents, unless those were saved
            by Labelsphere and ``overwrite`` is on; or if it cannot be written.
    """
    target = Path(target)
    check_free(target, overwrite=overwrite)
    temporary = _temporary_name(target)
    with _write_errors(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        temporary.mkdir()
        yield from _filled(temporary, target)


def _filled(temporary: Path, target: Path) -> Iterator[Path]:
    try:
        yield temporary
        # A rename cannot replace a folder with contents, so the old one is moved away first, and
        # moved back if the rename fails.
        aside = temporary.with_suffix(".old")
        if target.exists():
            target.rename(aside)
        try:
            temporary.rename(target)
        except OSError:
            if aside.exists():
                aside.rename(target)
            raise
        shutil.rmtree(aside, ignore_errors=True)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def check_free(target: str | Path, *, overwrite: bool = False) -> None:
    """Check that a folder can be written, before any work is done.

    Raises:
        ArtefactError: If ``target`` is a file, or a folder with contents, unless those were saved
            by Labelsphere and ``overwrite`` is on; or if nothing can be written there.
    """
    target = Path(target)
    if target.exists() and not target.is_dir():
        raise ArtefactError(f"{target} is a file; expected a folder to write to: name another")
    _check_writable(target)
    if not target.is_dir() or not any(target.iterdir()):
        return
    if not overwrite:
        raise ArtefactError(
            f"{target} exists and is not empty; name another folder or allow overwriting"
        )
    # A mistake such as "--output ~ --overwrite" must not delete other files.
    if saved_kind(target) is None:
        raise ArtefactError(
            f"{target} holds files that Labelsphere did not save, and is not overwritten; "
            "name another folder"
        )


def check_free_file(target: str | Path, *, overwrite: bool = False) -> None:
    """Check that a file can be written, before any work is done.

    Raises:
        ArtefactError: If ``target`` is a folder, or a file and ``overwrite`` is off; or if it is
            not a regular file, or the folder is not writable.
    """
    target = Path(target)
    if target.is_dir():
        raise ArtefactError(f"{target} is a folder; expected a file to write to: name another")
    if target.exists() and not target.is_file():
        raise ArtefactError(
            f"{target} is a device or pipe, which is never replaced; name another file"
        )
    if target.exists() and not overwrite:
        raise ArtefactError(f"{target} exists; name another file or allow overwriting")
    _check_writable(target)


@contextmanager
def new_file(target: str | Path) -> Iterator[Path]:
    """Write a file: a temporary name next to ``target``, renamed to it when the block succeeds.

    Yields:
        The path to write to. Nothing happens if the block writes nothing there.

    Raises:
        ArtefactError: If the file cannot be written.
    """
    target = Path(target)
    temporary = _temporary_name(target)
    with _write_errors(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            yield temporary
            if temporary.exists():
                temporary.replace(target)
        finally:
            temporary.unlink(missing_ok=True)


def _temporary_name(target: Path) -> Path:
    name = os.fsencode(target.name)[:_NAME_BYTES].decode(errors="ignore")
    return target.parent / f".{name}.{uuid.uuid4().hex[:8]}.partial"


def _check_writable(target: Path) -> None:
    """Write a few bytes to an unnamed file in the folder of the target."""
    place = target.parent
    while not place.exists() and place != place.parent:
        place = place.parent
    if not place.is_dir():
        raise ArtefactError(
            f"{target} cannot be written: {place} is a file; expected a folder: give another path"
        )
    try:
        with tempfile.TemporaryFile(dir=place) as probe:
            probe.write(bytes(4096))
    except OSError as error:
        raise _cannot_write(target, error.errno, error.strerror or str(error)) from error


@contextmanager
def _write_errors(target: Path) -> Iterator[None]:
    """Convert errors of writing to a `WriteError` with the path, the reason and a remedy.

    Rust libraries wrap the system's error in their own, and NumPy drops its number: such errors are
    recognised by their text.
    """
    try:
        yield
    except Exception as error:
        number, reason = _write_failure(error, target)
        if not reason:
            raise
        raise _cannot_write(target, number, reason) from error


def _cannot_write(target: Path, number: int | None, reason: str) -> WriteError:
    fix = ("free some space, or " if number in _FULL else "") + "give another path"
    return WriteError(f"{target} cannot be written ({reason}): {fix}; nothing half-written is left")


def _write_failure(error: Exception, target: Path) -> tuple[int | None, str]:
    """Return the system's number and message of a write error, if the error is one."""
    number = error.errno if isinstance(error, OSError) else None
    if wrapped := re.search(r"\(os error (\d+)\)", str(error)):
        number = int(wrapped[1])
    if re.search(r"\d+ requested and \d+ written", str(error)):
        number = errno.ENOSPC
    if number in _FULL:
        return number, os.strerror(number)
    if not isinstance(error, OSError) or number in (None, errno.ENOENT):
        return None, ""
    names = [name for name in (error.filename, error.filename2) if isinstance(name, str)]
    place = target.parent.absolute()
    there = any(Path(name).absolute().is_relative_to(place) for name in names)
    return (number, error.strerror or str(error)) if there else (None, "")


def write_config(folder: Path, kind: str, version: int, values: Mapping[str, Json]) -> None:
    """Write ``config.json``: kind of the folder, version of its format, and settings.

    Args:
        folder: The artefact's folder.
        kind: Kind of the contents, e.g. ``"label_space"``.
        version: Version of the format, increased when older readers would misread it.
        values: Additional settings, in JSON types.
    """
    config = {
        "format": f"labelsphere.{kind}",
        "format_version": version,
        "labelsphere": __version__,
        **values,
    }
    text = json.dumps(config, indent=2, ensure_ascii=False, allow_nan=False)
    with new_file(folder / "config.json") as temporary:
        temporary.write_text(text + "\n", encoding="utf-8")


def read_config(folder: str | Path, kind: str, version: int) -> dict[str, Any]:
    """Read ``config.json`` and check the kind and version of the folder.

    Raises:
        ArtefactError: If the folder or its ``config.json`` is missing or damaged, or has another
            kind or a newer version.
    """
    folder = Path(folder)
    path = folder / "config.json"
    if not path.is_file():
        what = "has no config.json" if folder.is_dir() else "is not a folder"
        raise ArtefactError(f"{folder} {what}; expected a folder saved as labelsphere.{kind}")
    try:
        config = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ArtefactError(f"{path} cannot be read ({error}); save the folder again") from error
    given = config.get("format") if isinstance(config, dict) else None
    if given != f"labelsphere.{kind}":
        raise ArtefactError(f"{folder} holds {given!r}; expected 'labelsphere.{kind}'")
    if not isinstance(config.get("format_version"), int) or config["format_version"] > version:
        raise ArtefactError(
            f"{folder} has format version {config.get('format_version')!r}, this Labelsphere "
            f"({__version__}) reads up to {version}: upgrade with pip install -U labelsphere"
        )
    return dict(config)


def saved_kind(folder: str | Path) -> str | None:
    """Return the kind of a saved folder, such as ``"label_space"``; None for other folders.

    The reader of a damaged folder reports what is wrong.
    """
    try:
        config = json.loads((Path(folder) / "config.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    name = str(config.get("format", "")) if isinstance(config, dict) else ""
    return name.removeprefix("labelsphere.") if name.startswith("labelsphere.") else None
