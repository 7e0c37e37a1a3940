"""Reader of CVAT for images 1.1: an XML file of images with tags and objects."""

from pathlib import Path

from labelsphere.annotations.readers.marked_tags import MarkedTags
from labelsphere.annotations.readers.raw import RawTable, ReadOptions
from labelsphere.annotations.readers.xml_text import load_xml
from labelsphere.errors import DataError


def read_cvat(path: Path, options: ReadOptions) -> RawTable:
    """Read CVAT's ``annotations.xml``: an image's tags are its tags and the labels of its objects.

    Raises:
        DataError: If it is not such a file.
    """
    del options
    root = load_xml(path)
    if root.tag != "annotations":
        raise DataError(f"{path} has the root {root.tag!r}; expected CVAT's 'annotations'")
    found = MarkedTags()
    for image in root.iter("image"):
        name = (image.get("name") or "").strip()
        if not name:
            raise DataError(f"{path}: an image (id {image.get('id')}) has no name")
        labels = [label for child in image if (label := child.get("label"))]
        split = image.get("subset") or None
        found.add(name, [(label, None) for label in labels], split=split)
    if not found.images:
        raise DataError(f"{path} has no images; expected CVAT for images 1.1")
    return found.table()
