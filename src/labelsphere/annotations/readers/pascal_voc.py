"""Reader of Pascal VOC: lists of images by class, with absences, or an XML file per image."""

from pathlib import Path

from labelsphere.annotations.readers.marked_tags import MarkedTags
from labelsphere.annotations.readers.raw import RawTable, ReadOptions
from labelsphere.annotations.readers.xml_text import load_xml
from labelsphere.annotations.text import decode_text
from labelsphere.errors import DataError

_LISTS = Path("ImageSets/Main")
_OBJECTS = Path("Annotations")
_PICTURES = "JPEGImages"
_SPLITS = ("train", "val", "test", "trainval")
_MARKS = {"1": 1.0, "-1": 0.0, "0": None}


def is_pascal_voc(folder: Path) -> bool:
    """Return whether a folder has the layout of VOC's datasets."""
    return (folder / _PICTURES).is_dir() and (
        (folder / _LISTS).is_dir() or (folder / _OBJECTS).is_dir()
    )


def read_pascal_voc(folder: Path, options: ReadOptions) -> RawTable:
    """Read a folder such as ``VOC2012``.

    If ``ImageSets/Main`` has lists by class (``cat_train.txt``), these are read: 1 is a tag, -1 a
    known absence, and 0, a class that is hard to see, is unknown. Otherwise an image's tags are the
    names of its objects, without those marked as difficult.

    Raises:
        DataError: If there is neither, or a file has another format.
    """
    del options
    lists = _class_lists(folder / _LISTS)
    found = _from_lists(lists, folder) if lists else _from_objects(folder)
    if not found.images:
        raise DataError(
            f"{folder} has no image in {_LISTS} or {_OBJECTS}; expected Pascal VOC's layout"
        )
    return found.table()


def _class_lists(folder: Path) -> list[tuple[str, str, Path]]:
    """Return class, split and file of each list; lists of train and val before those of both."""
    found = []
    for path in sorted(folder.glob("*_*.txt")):
        name, _, split = path.stem.rpartition("_")
        if name and split in _SPLITS:
            found.append((name, split, path))
    parts = {name for name, split, _ in found if split in ("train", "val")}
    return [one for one in found if one[1] != "trainval" or one[0] not in parts]


def _from_lists(lists: list[tuple[str, str, Path]], folder: Path) -> MarkedTags:
    tags: dict[str, list[tuple[str, float | None]]] = {}
    splits: dict[str, str | None] = {}
    for name, split, path in lists:
        for number, line in enumerate(decode_text(path.read_bytes(), path).splitlines(), start=1):
            words = line.split()
            if not words:
                continue
            if len(words) != 2 or words[1] not in _MARKS:
                raise DataError(
                    f"{path} line {number}: expected an image and 1, 0 or -1, but got {line!r}"
                )
            mark = _MARKS[words[1]]
            tags.setdefault(words[0], [])
            splits.setdefault(words[0], None if split == "trainval" else split)
            if mark is not None:
                tags[words[0]].append((name, mark))
    found = MarkedTags()
    for image in sorted(tags):
        path_within = _picture(folder, image)
        found.add(image, tags[image], path=path_within, split=splits[image])
    return found


def _from_objects(folder: Path) -> MarkedTags:
    found = MarkedTags()
    for path in sorted((folder / _OBJECTS).glob("*.xml")):
        root = load_xml(path)
        names = [
            one.findtext("name") or ""
            for one in root.iter("object")
            if (one.findtext("difficult") or "0").strip() != "1"
        ]
        file = (root.findtext("filename") or "").strip() or _name_of(folder, path.stem)
        found.add(path.stem, [(name, None) for name in names], path=f"{_PICTURES}/{file}")
    return found


def _picture(folder: Path, image: str) -> str:
    return f"{_PICTURES}/{_name_of(folder, image)}"


def _name_of(folder: Path, image: str) -> str:
    """Return the picture's file name: VOC has JPEGs, other formats are found by their stem."""
    usual = f"{image}.jpg"
    return usual if (folder / _PICTURES / usual).is_file() else image
