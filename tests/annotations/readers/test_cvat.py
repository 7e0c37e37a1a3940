"""CVAT's XML: tags of images and labels of objects."""

from pathlib import Path

from labelsphere.annotations import Annotations


def test_labels_of_objects_count_and_repeat_nothing(tmp_path: Path) -> None:
    path = tmp_path / "annotations.xml"
    path.write_text(
        "<annotations><version>1.1</version><meta><task><labels><label><name>never</name></label>"
        "</labels></task></meta>"
        '<image id="0" name="sub/a.jpg" subset="train"><tag label="sky &amp; sea"/>'
        '<box label="cat" xtl="1"><attribute name="color">red</attribute></box>'
        '<polygon label="cat"/></image><image id="1" name="b.jpg"/></annotations>'
    )
    tags = Annotations.read(path, format="cvat")
    assert list(tags.image_ids) == ["sub/a.jpg", "b.jpg"]
    assert [sorted(tags.tags_of(row)) for row in (0, 1)] == [["cat", "sky & sea"], []]
    assert tags.columns["split"].to_list() == ["train", None]
