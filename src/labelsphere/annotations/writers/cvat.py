"""Writer of CVAT for images 1.1."""

import xml.etree.ElementTree as ET
from io import BytesIO
from pathlib import Path

from PIL import Image

from labelsphere.annotations.pictures import Pictures
from labelsphere.annotations.table_data import TableData
from labelsphere.annotations.writers.base import (
    WriteOptions,
    copy_pictures,
    picture_names,
)

FILE, PICTURES_FOLDER = "annotations.xml", "images"


def write_cvat(annotations: TableData, path: Path, options: WriteOptions) -> list[str]:
    """Write ``annotations.xml``, which CVAT imports into a task of the same pictures.

    Sizes of pictures are written if the pictures are found.
    """
    names = picture_names(annotations)
    root = ET.Element("annotations")
    ET.SubElement(root, "version").text = "1.1"
    labels = ET.SubElement(ET.SubElement(ET.SubElement(root, "meta"), "task"), "labels")
    for name in annotations.vocabulary:
        label = ET.SubElement(labels, "label")
        ET.SubElement(label, "name").text = name
        ET.SubElement(label, "attributes")
    for row, name in enumerate(names):
        about = {"id": str(row), "name": name} | _size(annotations.pictures, row)
        image = ET.SubElement(root, "image", about)
        for tag in annotations.tags_of(row):
            ET.SubElement(image, "tag", {"label": tag, "source": "auto"})
    ET.indent(root)
    path.mkdir(exist_ok=True)
    ET.ElementTree(root).write(path / FILE, encoding="utf-8", xml_declaration=True)
    if options.pictures and annotations.pictures is not None:
        return copy_pictures(annotations.pictures, names, path / PICTURES_FOLDER)
    return []


def _size(pictures: Pictures | None, row: int) -> dict[str, str]:
    if pictures is None:
        return {}
    try:
        with Image.open(BytesIO(pictures.read(row))) as image:
            return {"width": str(image.width), "height": str(image.height)}
    # An unreadable picture has no size; on damaged ones, Pillow raises almost any exception.
    except Exception:
        return {}
