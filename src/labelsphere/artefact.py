"""Saving whole: a folder or a file is written beside its place and renamed, or not at all."""

import json
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from labelsphere.errors import ArtefactError
from labelsphere.version import __version__


@contextmanager
def new_folder(target: str | Path, *, overwrite: bool = False) -> Iterator[Path]:
    """A temporary folder beside ``target`` that takes its place when the block ends well.

    If the block raises, the temporary folder is removed and what was at ``target`` stays.

    Args:
        target: Where the folder shall stand. Parent folders are made.
        overwrite: Whether a saved folder that stands there may be replaced; no other is.

    Yields:
        The folder to write into.

    Raises:
        ArtefactError: If ``target`` is a file, or a folder with contents, unless those were saved
            by Labelsphere and ``overwrite`` is on.
    """
    target = Path(target)
    check_free(target, overwrite=overwrite)
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = target.parent / f".{target.name}.{uuid.uuid4().hex[:8]}.partial"
    beside.mkdir()
    try:
        yield beside
        # A rename cannot replace a folder with contents, so the old one steps aside first
        # and comes back if the rename fails.
        aside = beside.with_suffix(".old")
        if target.exists():
            target.rename(aside)
        try:
            beside.rename(target)
        except OSError:
            if aside.exists():
                aside.rename(target)
            raise
        shutil.rmtree(aside, ignore_errors=True)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def check_free(target: str | Path, *, overwrite: bool = False) -> None:
    """Refuse a place that is taken, before any work is done for it.

    Raises:
        ArtefactError: If ``target`` is a file, or a folder with contents, unless those were saved
            by Labelsphere and ``overwrite`` is on.
    """
    target = Path(target)
    if target.is_file():
        raise ArtefactError(f"{target} is a file; expected a folder to write to: name another")
    if not target.is_dir() or not any(target.iterdir()):
        return
    if not overwrite:
        raise ArtefactError(
            f"{target} exists and is not empty; name another folder or allow overwriting"
        )
    # A slip of the hand, such as "--output ~ --overwrite", must not cost what stands there.
    if saved_kind(target) is None:
        raise ArtefactError(
            f"{target} holds something that Labelsphere did not save, and is not overwritten; "
            "name another folder"
        )


def check_free_file(target: str | Path, *, overwrite: bool = False) -> None:
    """Refuse a file that is there already, before any work is done for it.

    Raises:
        ArtefactError: If ``target`` is a folder, or a file and ``overwrite`` is off.
    """
    target = Path(target)
    if target.is_dir():
        raise ArtefactError(f"{target} is a folder; expected a file to write to: name another")
    if target.exists() and not overwrite:
        raise ArtefactError(f"{target} exists; name another file or allow overwriting")


@contextmanager
def new_file(target: str | Path) -> Iterator[Path]:
    """A temporary file name beside ``target`` that takes its place when the block ends well.

    Yields:
        The path to write to. Nothing happens if the block writes nothing there.
    """
    target = Path(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = target.parent / f".{target.name}.{uuid.uuid4().hex[:8]}.partial"
    try:
        yield beside
        if beside.exists():
            beside.replace(target)
    finally:
        beside.unlink(missing_ok=True)


def write_config(folder: Path, kind: str, version: int, values: dict[str, Any]) -> None:
    """Write ``config.json``: what the folder is, its format's version, and its settings.

    Args:
        folder: The artefact's folder.
        kind: What the folder holds, e.g. ``"label_space"``.
        version: The format's version, raised when older readers would misread it.
        values: Further settings, JSON types only.
    """
    config = {
        "format": f"labelsphere.{kind}",
        "format_version": version,
        "labelsphere": __version__,
        **values,
    }
    text = json.dumps(config, indent=2, ensure_ascii=False, allow_nan=False)
    (folder / "config.json").write_text(text + "\n", encoding="utf-8")


def read_config(folder: str | Path, kind: str, version: int) -> dict[str, Any]:
    """Read ``config.json`` and check that the folder holds what is expected.

    Raises:
        ArtefactError: If the folder or its ``config.json`` is missing or damaged, of another
            kind, or of a newer version than this one reads.
    """
    folder = Path(folder)
    path = folder / "config.json"
    if not path.is_file():
        what = "has no config.json" if folder.is_dir() else "is no folder"
        raise ArtefactError(f"{folder} {what}; expected a folder saved as labelsphere.{kind}")
    try:
        config = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ArtefactError(f"{path} cannot be read ({error}); save the folder anew") from error
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
    """What a folder was saved as, such as ``"label_space"``; None if Labelsphere did not save it.

    What is wrong with a damaged folder is told by what reads it.
    """
    try:
        config = json.loads((Path(folder) / "config.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    name = str(config.get("format", "")) if isinstance(config, dict) else ""
    return name.removeprefix("labelsphere.") if name.startswith("labelsphere.") else None
