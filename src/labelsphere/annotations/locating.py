"""Search for the pictures of a table on disk."""

import os
import re
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import polars as pl

from labelsphere.annotations.file_names import on_disk, printable
from labelsphere.annotations.folder_index import FolderIndex, index_folder, index_subfolders
from labelsphere.annotations.path_forms import is_absolute, rewritten, shared_folder
from labelsphere.annotations.picture_formats import picture_endings
from labelsphere.annotations.pictures import PictureFiles
from labelsphere.annotations.report import number_of

SAMPLE = 1000
# Larger tables are checked by a sample instead of looking up every path.
MOST_CHECKED = 2_000_000
_MOST_FOLDERS = 1000


class FoundPictures(NamedTuple):
    """The pictures of a table.

    Attributes:
        files: One file per row; None if there are no pictures and they are optional.
        notes: Sentences about paths that were found in another form.
    """

    files: PictureFiles | None
    notes: list[str]


def find_pictures(paths: pl.Series, folder: Path, *, sure: bool) -> FoundPictures:
    r"""Find files for the paths of a table.

    A path is first used as written, relative to the folder. If there is no such file, other forms
    are tried: ``\`` as ``/``, ``%20`` as a blank, ``file://`` as a path; another case or Unicode
    form; without an ending, as in Open Images; relative to the common folder of all absolute paths;
    and, if the pictures are required, in subfolders. A file is used only if it is the only match.

    Args:
        paths: Path of each picture, (images,) strings; null for none.
        folder: Folder that the paths are relative to.
        sure: Whether the pictures are required. If not, a sample of a thousand paths is looked up
            first, and without a match there are no pictures.
    """
    written = paths.fill_null("").rename("name")
    sample = written.gather_every(max(1, len(written) // SAMPLE)).to_list()
    hits = [_is_file(_inside(folder, name)) for name in sample]
    if len(written) > MOST_CHECKED and all(hits):
        return FoundPictures(PictureFiles(_joined(written, folder).to_list()), [])
    if not sure and not any(hits):
        places = dict.fromkeys(rewritten(name).rpartition("/")[0] for name in sample)
        index = index_subfolders(folder, islice(places, _MOST_FOLDERS))
        if not any(_search(name, folder, index, "", deep=False) for name in sample):
            return FoundPictures(None, [])
    names = written.unique(maintain_order=True)
    lost = names.filter(~_there(_joined(names, folder))).to_list()
    found, notes = _look_further(lost, folder, deep=sure)
    files = [found.get(name) or _inside(folder, name) for name in written.to_list()]
    return FoundPictures(PictureFiles(files), notes)


def _look_further(lost: list[str], folder: Path, *, deep: bool) -> tuple[dict[str, str], list[str]]:
    """Find files for paths that do not exist as written, and describe how they were found."""
    lost = [name for name in lost if name]
    if not lost:
        return {}, []
    places = dict.fromkeys(rewritten(name).rpartition("/")[0] for name in lost)
    index = (
        index_folder(folder)
        if deep and folder.is_dir()
        else index_subfolders(folder, islice(places, _MOST_FOLDERS))
    )
    common = shared_folder([rewritten(name) for name in lost])
    found: dict[str, str] = {}
    ways: dict[str, list[str]] = {}
    several: list[str] = []
    for name in lost:
        way = _search(name, folder, index, common, deep=deep)
        if way is None:
            continue
        if len(way.files) > 1:
            several.append(f"{printable(name)} ({', '.join(map(printable, way.files[:3]))})")
            continue
        found[name] = _inside(folder, way.files[0])
        if way.how:
            ways.setdefault(way.how, []).append(f"{printable(name)} is {printable(way.files[0])}")
    notes = [
        f"{number_of(len(names), 'picture')} found {how}: {names[0]}"
        + ("…" if len(names) > 1 else "")
        for how, names in ways.items()
    ]
    if several:
        what = number_of(len(several), "path fits", "paths fit")
        notes.append(f"{what} several pictures, and none is taken: {several[0]}")
    return found, notes


class _Way(NamedTuple):
    """Candidate files of a path, and how they were found; empty for the usual way."""

    files: list[str]
    how: str


def _search(name: str, folder: Path, index: FolderIndex, common: str, *, deep: bool) -> _Way | None:
    """Find the first interpretation of a path that leads to a file."""
    # Our own tables write names that are not UTF-8 in this form, so no remark is needed.
    if on_disk(name) != name and _is_file(_inside(folder, on_disk(name))):
        return _Way([on_disk(name)], "")
    plain = rewritten(name)
    how = "by reading their paths' \\, % or file:// as a path" if plain != name else ""
    if _is_file(_inside(folder, plain)):
        return _Way([plain], how)
    tries: list[tuple[str, Callable[[str], list[str]], str]] = []
    if is_absolute(plain):
        moved = "in the folder of images, not where their paths say"
        # Without the common folder of all paths: the pictures may have been moved.
        inner = plain.removeprefix(common).lstrip("/") if common else plain.rpartition("/")[2]
        tries = [
            (inner, index.same, moved),
            (f"{common.rpartition('/')[2]}/{inner}", index.same, moved),
        ]
        plain = inner
    else:
        # An id without an ending is usual, as in Open Images, so no remark is needed.
        ended = _has_ending(plain)
        differs = "in another case or Unicode form" if ended else how
        tries = [(plain, index.same, differs)]
    if deep:
        tries.append((plain, index.below, "in folders further down"))
    for text, look, how_found in tries:
        if files := look(text):
            exact = [file for file in files if file == text or _stem_is(file, text)]
            return _Way(exact if len(exact) == 1 else files, how_found)
    return None


def _stem_is(file: str, text: str) -> bool:
    return os.path.splitext(file)[0] == text  # noqa: PTH122 - text, and there may be millions


def _has_ending(name: str) -> bool:
    return os.path.splitext(name)[1].lower() in picture_endings()  # noqa: PTH122 - as above


def _inside(folder: Path, name: str) -> str:
    if is_absolute(name) or folder == Path():
        return name
    return f"{folder}{os.sep}{name}"


def _is_file(path: str) -> bool:
    try:
        return os.path.isfile(path)  # noqa: PTH113 - text, and there may be millions
    except ValueError:
        return False


def _joined(names: pl.Series, folder: Path) -> pl.Series:
    """Apply `_inside` to every name."""
    name = pl.col("name")
    before = "" if folder == Path() else f"{folder}{os.sep}"
    whole = pl.lit(printable(before)) + name
    absolute = name.str.contains(r"^([/\\]|[A-Za-z]:)")
    return names.to_frame().select(pl.when(absolute).then(name).otherwise(whole)).to_series()


def _there(files: pl.Series) -> pl.Series:
    """Return a Boolean series: which files exist. Each folder is listed once."""
    folders = files.str.extract(r"^(.*[/\\])", 1).fill_null("").unique().to_list()
    names: list[str] = []
    for folder in folders:
        try:
            inside = os.listdir(folder or ".")  # noqa: PTH208 - names, no paths
        except (OSError, ValueError):
            continue
        names += [folder + name for name in inside if not re.search("[\ud800-\udfff]", name)]
    return files.is_in(pl.Series(names, dtype=pl.String).implode())
