"""Reader of folders of images: text files beside the images, a table inside, or class folders."""

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
from labelsphere.annotations.text import decode_text
from labelsphere.errors import DataError

# As in Hugging Face's ImageFolder: a table that lists the pictures of its folder.
_TABLES_INSIDE = {
    "metadata.csv": read_delimited,
    "metadata.jsonl": read_jsonl,
    "metadata.parquet": read_parquet,
}
_SPLITS = frozenset({"train", "training", "val", "valid", "validation", "dev", "test", "testing"})
_SHOWN = 5
_USUAL = frozenset({".jpg", ".png", ".webp", ".gif", ".tif"})


def read_folder(folder: Path, options: ReadOptions) -> RawTable:
    """Read a folder and its subfolders. An image's id is its path in the folder.

    The tags of ``a.jpg`` are in ``a.txt``, ``a.jpg.txt`` or ``a.caption``, separated by commas, or
    the given separator, and by line ends. An image without such a file has no tags. If the folder
    has a ``metadata.csv``, ``.jsonl`` or ``.parquet``, that table is read instead. If it has
    neither and all images are in subfolders, the tag of an image is its subfolder's name. Files
    whose names begin with a dot are ignored.

    Raises:
        DataError: If there are no images or no tags, or a file of tags is not UTF-8.
    """
    listing = list_folder(folder)
    for name, read in _TABLES_INSIDE.items():
        if (folder / name).is_file():
            table = read(folder / name, options)
            aside = _beside_table(table, listing, name)
            return _with_note(table, f"the tags are those of {name}", *aside)
    if not listing.pictures:
        raise _no_pictures(folder, listing)
    beside, spare = _pairs(listing)
    notes = _notes(listing, beside, spare)
    if not beside and (classes := _class_folders(listing)) is not None:
        return _with_note(classes, *notes)
    if not beside:
        notes += _loose(listing)
        described = f" ({'; '.join(notes)})" if notes else ""
        raise DataError(
            f"{folder} holds {number_of(len(listing.pictures), 'image')} without tags{described}; "
            f"expected a text file beside each, as a.txt beside a.jpg{_table_inside(listing)}"
        )
    separator = options.separator or ","
    texts = []
    for picture in listing.pictures:
        text = _text(folder, beside[picture]) if picture in beside else ""
        texts.append(separator.join(text.splitlines()))
    pictures = listing.pictures

    def location(row: int) -> str:
        return printable(str(folder / beside.get(pictures[row], pictures[row])))

    tags, suspicions = tags_in_text(pl.Series("tags", texts), separator, None, location)
    return _table(listing, tags, [*suspicions, *notes])


def _text(folder: Path, name: str) -> str:
    path = folder / name
    try:
        return decode_text(read_regular_file(path), Path(printable(str(path))))
    except OSError as error:
        shown = printable(str(path))
        raise DataError(
            f"{shown} cannot be read ({error.strerror}): correct or remove it"
        ) from error


def _pairs(listing: FolderListing) -> tuple[dict[str, str], list[str]]:
    """Match pictures with their text files; also return the text files without a picture."""
    # Compare endings in lower case, because Windows programs write a.TXT.
    texts: dict[str, str] = {}
    for text in listing.texts:
        stem = stem_of(text)
        texts.setdefault(stem + text[len(stem) :].lower(), text)
    pairs = {}
    for picture in listing.pictures:
        for base in (stem_of(picture), picture):
            found = next((texts[base + end] for end in TEXT_ENDINGS if base + end in texts), None)
            if found is not None:
                pairs[picture] = found
                break
    return pairs, sorted(set(listing.texts) - set(pairs.values()))


def _notes(listing: FolderListing, pairs: dict[str, str], spare: list[str]) -> list[str]:
    notes = listing.skipped(texts=False)
    odd = sorted({name for name in pairs.values() if not name.lower().endswith(".txt")})
    if odd:
        notes.append(f"tags are read from {number_of(len(odd), 'file')} such as {_few(odd)}")
    # If a picture has several text files, the first of `TEXT_ENDINGS` is read.
    stems = {base for picture in pairs for base in (stem_of(picture), picture)}
    second = [name for name in spare if stem_of(name) in stems]
    if second:
        what = number_of(len(second), "text file is", "text files are")
        notes.append(f"{what} not read, because the image has another: {_few(second)}")
    alone = [name for name in spare if stem_of(name) not in stems]
    if alone:
        notes.append(f"{number_of(len(alone), 'text file')} without an image beside: {_few(alone)}")
    shared: dict[str, list[str]] = {}
    for picture, text in pairs.items():
        shared.setdefault(text, []).append(picture)
    twice = [f"{' and '.join(names)}: {text}" for text, names in shared.items() if len(names) > 1]
    if twice:
        what = number_of(len(twice), "text file gives", "text files give")
        notes.append(f"{what} several images their tags: {_few(twice)}")
    return notes


def _class_folders(listing: FolderListing) -> RawTable | None:
    """Tag each image with the name of its folder; None if an image is in no folder."""
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
    described = listing.skipped(texts=True)
    found = f" ({'; '.join(described)})" if described else ""
    endings = sorted(picture_endings())
    fix = (
        f"expected pictures ending in {', '.join(e for e in endings if e in _USUAL)} or another "
        f"of {len(endings)} endings{_table_inside(listing)}"
    )
    return DataError(f"{folder} holds no images{found}; {fix}")


def _table_inside(listing: FolderListing) -> str:
    """Explain how to read a table in the folder, if there is one."""
    tables = [end for end in (".parquet", ".csv", ".jsonl", ".json") if listing.others[end]]
    return f"; to read a table in it, name the {tables[0]} file itself" if tables else ""


def _loose(listing: FolderListing) -> list[str]:
    """Describe images outside of folders that may be classes."""
    loose = [name for name in listing.pictures if "/" not in name]
    if not loose or len(loose) == len(listing.pictures):
        return []
    return [
        f"folders are not taken for classes, for {number_of(len(loose), 'image')} in none: "
        f"{_few(loose)}"
    ]


def _beside_table(table: RawTable, listing: FolderListing, name: str) -> list[str]:
    """Describe pictures and text files that a table in the folder does not use."""
    named = set(() if table.paths is None else table.paths.to_list()) | set(table.image_ids)
    unnamed = [picture for picture in listing.pictures if printable(picture) not in named]
    notes = []
    if unnamed and table.picture_bytes is None:
        notes.append(
            f"{number_of(len(unnamed), 'picture')} in the folder not named by {name}, and left "
            f"out: {_few(unnamed)}"
        )
    if listing.texts:
        notes.append(
            f"{number_of(len(listing.texts), 'text file')} not read, for {name} gives the tags: "
            f"{_few(listing.texts)}"
        )
    return notes


def _few(names: list[str]) -> str:
    more = "…" if len(names) > _SHOWN else ""
    return ", ".join(printable(name) for name in names[:_SHOWN]) + more
