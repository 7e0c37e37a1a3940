"""Listing of a folder: pictures, text files, and what is skipped."""

import os
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from labelsphere.annotations.file_names import printable
from labelsphere.annotations.picture_formats import endings_of_extras, picture_endings
from labelsphere.annotations.pictures import special_kind
from labelsphere.annotations.report import number_of
from labelsphere.artefact import saved_kind

TEXT_ENDINGS = (".txt", ".caption")
"""Endings of files of tags beside pictures; if a picture has both, the first is used."""

# Files of systems and programs, which are skipped without a remark.
_RUBBISH = frozenset({"thumbs.db", "desktop.ini", "ehthumbs.db"})
_RUBBISH_FOLDERS = frozenset({"__MACOSX", "@eaDir"})


@dataclass
class FolderListing:
    """Files in a folder and its subfolders, as sorted relative paths with ``/``.

    Attributes:
        pictures: Files with a picture's ending, by the endings of `picture_endings`.
        texts: Files that may hold the tags of a picture, by `TEXT_ENDINGS`.
        others: Number of other files, by ending.
        remarks: Sentences about files skipped for other reasons.
    """

    pictures: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    others: Counter[str] = field(default_factory=Counter)
    remarks: list[str] = field(default_factory=list)

    def skipped(self, *, texts: bool) -> list[str]:
        """Describe the files that are not pictures, one sentence for each kind.

        Args:
            texts: Whether text files are skipped too.
        """
        counts = Counter(self.others)
        if texts:
            counts.update(file_ending(name) for name in self.texts)
        described = list(self.remarks)
        if counts:
            kinds = ", ".join(
                f"{count:,} {ending or 'without an ending'}"
                for ending, count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
            )
            number = number_of(sum(counts.values()), "file")
            described.append(f"{number} skipped, not a picture by the ending: {kinds}")
        why = [why for ending, why in endings_of_extras().items() if counts[ending]]
        return described + list(dict.fromkeys(why))


def list_folder(folder: Path) -> FolderListing:
    """List a folder and its subfolders.

    Skips files and folders whose names begin with a dot, and saved taggers and label spaces, whose
    diagrams are not the user's pictures. Links to folders are not followed, because they may form
    cycles.
    """
    found = FolderListing()
    endings = picture_endings()
    links: list[str] = []
    waiting = [("", str(folder))]
    while waiting:
        inner, place = waiting.pop()
        try:
            entries = list(os.scandir(place))
        except OSError as error:
            shown = printable(inner.rstrip("/") or str(folder))
            found.remarks.append(f"folder {shown} cannot be read ({error.strerror}): skipped")
            continue
        if inner and (kind := _saved_kind(place, entries)):
            shown = printable(inner.rstrip("/"))
            found.remarks.append(f"folder {shown} holds a saved {kind}: skipped")
            continue
        for entry in entries:
            name = inner + entry.name
            if entry.name.startswith(".") or entry.name.lower() in _RUBBISH:
                continue
            if _is_folder(entry):
                if entry.is_symlink():
                    links.append(name)
                elif entry.name not in _RUBBISH_FOLDERS:
                    waiting.append((name + "/", entry.path))
            elif kind := _special(entry):
                found.remarks.append(f"{printable(name)} is {kind}: skipped")
            elif (ending := file_ending(name)) in endings:
                found.pictures.append(name)
            elif ending in TEXT_ENDINGS:
                found.texts.append(name)
            else:
                found.others[ending] += 1
    found.pictures.sort()
    found.texts.sort()
    if links:
        more = f" and {len(links) - 1:,} more" if len(links) > 1 else ""
        found.remarks.append(f"links to folders are not followed: {printable(min(links))}{more}")
    return found


def file_ending(name: str) -> str:
    """Return the ending of a file's name in lower case, with its dot; empty if it has none."""
    return os.path.splitext(name)[1].lower()  # noqa: PTH122 - a name, no path


def stem_of(name: str) -> str:
    """Return a file's name or path without its ending."""
    return os.path.splitext(name)[0]  # noqa: PTH122 - a name, no path


def _saved_kind(folder: str, entries: "list[os.DirEntry[str]]") -> str | None:
    """Return the kind of a saved folder, in words; None for other folders."""
    kind = saved_kind(folder) if any(entry.name == "config.json" for entry in entries) else None
    return None if kind is None else kind.replace("_", " ")


def _special(entry: "os.DirEntry[str]") -> str:
    """Return the kind of an entry that is neither a file nor a link to one; empty for files."""
    try:
        return "" if entry.is_file() else special_kind(entry.stat().st_mode)
    except OSError:
        # A broken link counts as a file, and opening it reports the error.
        return ""


def _is_folder(entry: "os.DirEntry[str]") -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False
