"""A folder of images: text files of tags beside them, a table inside, or a folder a class."""

from dataclasses import replace
from pathlib import Path

import polars as pl

from labelsphere.annotations.file_names import printable
from labelsphere.annotations.listing import (
    TEXT_ENDINGS,
    FolderListing,
    list_folder,
    stem_of,
)
from labelsphere.annotations.picture_formats import picture_endings
from labelsphere.annotations.pictures import read_regular_file
from labelsphere.annotations.readers.cells import tags_in_text
from labelsphere.annotations.readers.delimited import read_delimited
from labelsphere.annotations.readers.jsonl import read_jsonl
from labelsphere.annotations.readers.parquet import read_parquet
from labelsphere.annotations.readers.raw import RawTable, ReadOptions
from labelsphere.annotations.report import number_of
from labelsphere.annotations.text import decode
from labelsphere.errors import DataError

# As Hugging Face's ImageFolder has it: a table that names the pictures beside it.
_TABLES_INSIDE = {
    "metadata.csv": read_delimited,
    "metadata.jsonl": read_jsonl,
    "metadata.parquet": read_parquet,
}
_SPLITS = frozenset({"train", "training", "val", "valid", "validation", "dev", "test", "testing"})
_SHOWN = 5


def read_folder(folder: Path, options: ReadOptions) -> RawTable:
    """Read a folder and those in it. An image's id is its path in the folder.

    The tags of ``a.jpg`` stand in ``a.txt``, ``a.jpg.txt`` or ``a.caption``, parted by commas, or
    the separator given, and by line ends. An image without such a file has no tags. If the folder
    holds a ``metadata.csv``, ``.jsonl`` or ``.parquet``, that table is read in their place. If it
    holds neither and all images lie in folders, each is tagged with its folder's name. Files
    whose names begin with a dot are left alone.

    Raises:
        DataError: If there are no images or nothing gives them tags, or a file of tags is not in
            UTF-8.
    """
    for name, read in _TABLES_INSIDE.items():
        if (folder / name).is_file():
            return _with_note(read(folder / name, options), f"the tags are those of {name}")
    listing = list_folder(folder)
    if not listing.pictures:
        raise _no_pictures(folder, listing)
    beside, spare = _pairs(listing)
    notes = _notes(listing, beside, spare)
    if not beside and (classes := _class_folders(listing)) is not None:
        return _with_note(classes, *notes)
    if not beside:
        told = f" ({'; '.join(notes)})" if notes else ""
        raise DataError(
            f"{folder} holds {number_of(len(listing.pictures), 'image')} without tags{told}; "
            "expected a text file beside each, as a.txt beside a.jpg"
        )
    separator = options.separator or ","
    texts = []
    for picture in listing.pictures:
        text = _text(folder, beside[picture]) if picture in beside else ""
        texts.append(separator.join(text.splitlines()))
    tags, suspicions = tags_in_text(pl.Series("tags", texts), separator, None)
    return _table(listing, tags, [*suspicions, *notes])


def _text(folder: Path, name: str) -> str:
    path = folder / name
    try:
        return decode(read_regular_file(path), Path(printable(str(path))))
    except OSError as error:
        shown = printable(str(path))
        raise DataError(f"{shown} cannot be read ({error.strerror}): mend or remove it") from error


def _pairs(listing: FolderListing) -> tuple[dict[str, str], list[str]]:
    """The file of tags of each picture that has one, and those without a picture."""
    texts = set(listing.texts)
    pairs = {}
    for picture in listing.pictures:
        for base in (stem_of(picture), picture):
            found = next((base + end for end in TEXT_ENDINGS if base + end in texts), None)
            if found is not None:
                pairs[picture] = found
                break
    return pairs, sorted(texts - set(pairs.values()))


def _notes(listing: FolderListing, pairs: dict[str, str], spare: list[str]) -> list[str]:
    notes = listing.passed_over(texts=False)
    odd = sorted({name for name in pairs.values() if not name.lower().endswith(".txt")})
    if odd:
        notes.append(f"tags are read from {number_of(len(odd), 'file')} such as {_few(odd)}")
    if spare:
        notes.append(f"{number_of(len(spare), 'text file')} without an image beside: {_few(spare)}")
    shared: dict[str, list[str]] = {}
    for picture, text in pairs.items():
        shared.setdefault(text, []).append(picture)
    twice = [f"{' and '.join(names)}: {text}" for text, names in shared.items() if len(names) > 1]
    if twice:
        what = number_of(len(twice), "text file gives", "text files give")
        notes.append(f"{what} several images their tags: {_few(twice)}")
    return notes


def _class_folders(listing: FolderListing) -> RawTable | None:
    """Each image tagged with the folder that it is in, or None if one is in no folder."""
    parts = [name.split("/") for name in listing.pictures]
    splits = None
    if all(len(part) > 2 and part[0].lower() in _SPLITS for part in parts):
        splits = [part[0] for part in parts]
    elif any(len(part) < 2 for part in parts):
        return None
    classes = pl.Series("tags", [printable(part[-2]) for part in parts])
    tags, _ = tags_in_text(classes, "", None)
    names = classes.unique().sort().to_list()
    note = f"no text files: each image is tagged with its folder's name: {_few(names)}"
    columns = pl.DataFrame() if splits is None else pl.DataFrame({"split": splits})
    return _table(listing, tags, [note], columns)


def _table(
    listing: FolderListing,
    tags: pl.DataFrame,
    notes: list[str],
    columns: pl.DataFrame | None = None,
) -> RawTable:
    names = pl.Series([printable(name) for name in listing.pictures])
    return RawTable(
        image_ids=names,
        tags=tags,
        rows=len(names),
        columns=pl.DataFrame() if columns is None else columns,
        paths=names,
        notes=tuple(notes),
    )


def _with_note(table: RawTable, *notes: str) -> RawTable:
    return replace(table, notes=(*table.notes, *notes))


def _no_pictures(folder: Path, listing: FolderListing) -> DataError:
    told = listing.passed_over(texts=True)
    found = f" ({'; '.join(told)})" if told else ""
    tables = [end for end in (".parquet", ".csv", ".jsonl", ".json") if listing.others[end]]
    if tables:
        mend = f"to read a table in it, name the {tables[0]} file itself"
    else:
        mend = f"expected files ending in {', '.join(sorted(picture_endings()))}"
    return DataError(f"{folder} holds no images{found}; {mend}")


def _few(names: list[str]) -> str:
    more = "…" if len(names) > _SHOWN else ""
    return ", ".join(printable(name) for name in names[:_SHOWN]) + more
