import xml.etree.ElementTree as ET
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PIL import Image

from labelsphere.annotations import Annotations, PictureFiles

MakeTags = Callable[..., Annotations]


def test_cvat_names_its_labels_and_sizes(tmp_path: Path, make_tags: MakeTags) -> None:
    Image.new("RGB", (3, 2)).save(tmp_path / "a.jpg")
    ids = make_tags().image_ids
    found = replace(make_tags(), pictures=PictureFiles([tmp_path / image for image in ids]))
    found.write(tmp_path / "c", format="cvat")
    root = ET.parse(tmp_path / "c/annotations.xml").getroot()
    assert root.findtext("version") == "1.1"
    assert [label.findtext("name") for label in root.iter("label")] == list(make_tags().vocabulary)
    first, second = list(root.iter("image"))[:2]
    assert (first.get("width"), first.get("height"), second.get("width")) == ("3", "2", None)
    assert [tag.get("source") for tag in first] == ["auto", "auto"]
