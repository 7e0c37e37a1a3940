"""What every writer promises, and that what is written is read back."""

import csv
import json
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from PIL import Image
from scipy.sparse import csr_array

from labelsphere.annotations import Annotations, PictureFiles
from labelsphere.annotations.formats import formats_as_markdown
from labelsphere.annotations.writers import WRITERS
from labelsphere.errors import ArtefactError, DataError, UsageError

# The reader of each format, where it has another name.
READER = {"label-studio": "label-studio", "one-hot": "one-hot", "cvat": "cvat"}
FILE = {"label-studio": "tasks.json", "cvat": "annotations.xml"}
ROWS = [["cat", "deep sea"], ["cat"], [], ['24" <b> & "é"']]
IDS = ["a.jpg", "sub/b.jpg", "c d.jpg", "e.jpg"]


def tags(*, absent: bool = True, confidences: bool = True) -> Annotations:
    found = Annotations.from_lists(ROWS, image_ids=IDS)
    matrix = found.matrix.copy()
    if confidences:
        matrix.data[0] = 0.3
    known = csr_array(np.array([[0, 1, 0], [0, 0, 1], [1, 1, 1], [0, 0, 0]], np.float32))
    columns = pl.DataFrame({"split": ["train", "train", "val", "test"], "width": [1, 2, 3, 4]})
    return replace(found, matrix=matrix, absent=known if absent else None, columns=columns)


def sets(annotations: Annotations) -> dict[str, list[str]]:
    """Tags of each image, by the stem of its file."""
    names = [
        Path(name.replace("?d=", "/").replace("%20", " ")).stem for name in annotations.image_ids
    ]
    return {name: annotations.tags_of(row) for row, name in enumerate(names)}


def target(folder: Path, name: str) -> Path:
    return folder / f"out{WRITERS[name].ending}"


def read_back(path: Path, name: str) -> Annotations:
    return Annotations.read(path / FILE[name] if name in FILE else path, format=READER.get(name))


@pytest.mark.parametrize("name", WRITERS)
def test_an_entry_describes_itself(name: str) -> None:
    writer = WRITERS[name]
    assert name == name.lower()
    assert 10 <= len(writer.description) <= 120
    assert not writer.description.endswith(".")
    assert set(writer.keeps) <= {"confidences", "absences"}
    assert f"| `{name}` |" in formats_as_markdown()


@pytest.mark.parametrize("name", WRITERS)
@pytest.mark.parametrize("absent", [True, False])
@pytest.mark.parametrize("confidences", [True, False])
def test_what_is_written_is_read_back(
    tmp_path: Path, name: str, absent: bool, confidences: bool
) -> None:
    written = tags(absent=absent, confidences=confidences)
    notes = written.write(target(tmp_path, name), format=name)
    again = read_back(target(tmp_path, name), name)
    assert sets(again) == {
        Path(image).stem: sorted(row) for image, row in zip(IDS, ROWS, strict=True)
    }
    keeps = WRITERS[name].keeps
    back = again.select([list(sets(again)).index(Path(image).stem) for image in IDS])
    if "confidences" in keeps:
        np.testing.assert_array_equal(back.matrix.toarray(), written.matrix.toarray())
    if "absences" in keeps:
        assert (back.absent is None) == (written.absent is None)
        if back.absent is not None and written.absent is not None:
            np.testing.assert_array_equal(back.absent.toarray(), written.absent.toarray())
    elif absent:
        assert back.absent is None
        assert written.absent is not None
        told = f"{written.absent.nnz} known absences not written"
        assert any(told in note for note in notes)
    lost = any("confidence" in note and "not written" in note for note in notes)
    assert lost == (confidences and "confidences" not in keeps)


@pytest.mark.parametrize("name", WRITERS)
def test_what_is_there_stays(tmp_path: Path, name: str) -> None:
    path = target(tmp_path, name)
    if WRITERS[name].ending:
        path.write_text("mine")
    else:
        path.mkdir()
        (path / "mine").touch()
    with pytest.raises(ArtefactError):
        tags().write(path, format=name)
    assert path.read_text() == "mine" if path.is_file() else (path / "mine").exists()


@pytest.mark.parametrize("name", [name for name in WRITERS if not WRITERS[name].ending])
def test_pictures_are_copied_where_it_is_asked(tmp_path: Path, name: str) -> None:
    for image in IDS[:3]:
        (tmp_path / "in" / image).parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (3, 2)).save(tmp_path / "in" / image)
    pictures = PictureFiles([tmp_path / "in" / image for image in IDS])
    notes = replace(tags(), pictures=pictures).write(tmp_path / "out", format=name, pictures=True)
    copied = sorted(path.name for path in (tmp_path / "out").rglob("*.jpg"))
    assert copied == ["a.jpg", "b.jpg", "c d.jpg"]
    assert "1 picture not there, and not copied" in notes
    # The pictures that are there are found by what is written.
    if name in ("fiftyone", "imagefolder"):
        found = Annotations.read(tmp_path / "out").pictures
        assert found is not None
        there = [row for row in range(4) if Path(found.name(row)).is_file()]
        assert len(there) == 3
    with pytest.raises(UsageError, match="pictures are copied into a folder"):
        tags().write(tmp_path / "t.csv", pictures=True)


@pytest.mark.parametrize("name", ["fiftyone", "label-studio", "cvat", "imagefolder"])
@pytest.mark.parametrize(
    ("ids", "message"),
    [(["a.jpg", "a.jpg"], "both called 'a.jpg'"), (["/", "b.jpg"], "gives no name to a file")],
)
def test_names_that_do_not_do_are_refused(
    tmp_path: Path, name: str, ids: list[str], message: str
) -> None:
    found = Annotations.from_lists([["x"], ["y"]], image_ids=ids)
    with pytest.raises(DataError, match=message):
        found.write(tmp_path / "out", format=name)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("name", [name for name in WRITERS if not WRITERS[name].ending])
def test_nothing_is_written_outside(tmp_path: Path, name: str) -> None:
    ids = ["../../x.jpg", "/etc/y.jpg", "C:\\photos\\z.jpg"]
    (tmp_path / "p.jpg").write_bytes(b"picture")
    found = Annotations.from_lists([["x"]] * 3, image_ids=ids)
    with_pictures = replace(found, pictures=PictureFiles([tmp_path / "p.jpg"] * 3))
    with_pictures.write(tmp_path / "in/out", format=name, pictures=True)
    outside = [path for path in tmp_path.rglob("*.jpg") if "out" not in path.parts]
    assert outside == [tmp_path / "p.jpg"]
    assert len(list((tmp_path / "in/out").rglob("*.jpg"))) == 3


def test_fiftyone_has_keys_without_endings(tmp_path: Path) -> None:
    tags().write(tmp_path / "f", format="fiftyone")
    document = json.loads((tmp_path / "f/labels.json").read_text(encoding="utf-8"))
    assert set(document) == {"classes", "labels"}
    assert document["labels"]["sub/b"] == ["cat"]
    assert document["labels"]["c d"] is None
    assert document["labels"]["a"] == [{"label": "cat", "confidence": 0.3}, "deep sea"]
    two = Annotations.from_lists([["x"], ["y"]], image_ids=["a.jpg", "a.png"])
    with pytest.raises(DataError, match="called 'a' but for their endings"):
        two.write(tmp_path / "g", format="fiftyone")


def test_label_studio_has_a_result_a_tag_and_a_configuration(tmp_path: Path) -> None:
    tags().write(tmp_path / "l", format="label-studio")
    first = json.loads((tmp_path / "l/tasks.json").read_text(encoding="utf-8"))[0]
    assert first["data"] == {"image": "/data/local-files/?d=a.jpg"}
    [prediction] = first["predictions"]
    assert prediction["model_version"].startswith("labelsphere-")
    assert [(r["value"]["choices"], r["score"]) for r in prediction["result"]] == [
        (["cat"], 0.3),
        (["deep sea"], 1.0),
    ]
    view = ET.parse(tmp_path / "l/config.xml").getroot()
    control, image = view.find("Choices"), view.find("Image")
    assert control is not None
    assert image is not None
    assert image.get("value") == "$image"
    assert [choice.get("value") for choice in control] == list(tags().vocabulary)
    assert {r["from_name"] for r in prediction["result"]} == {control.get("name")}


def test_cvat_names_its_labels_and_sizes(tmp_path: Path) -> None:
    Image.new("RGB", (3, 2)).save(tmp_path / "a.jpg")
    found = replace(tags(), pictures=PictureFiles([tmp_path / image for image in IDS]))
    found.write(tmp_path / "c", format="cvat")
    root = ET.parse(tmp_path / "c/annotations.xml").getroot()
    assert root.findtext("version") == "1.1"
    assert [label.findtext("name") for label in root.iter("label")] == list(tags().vocabulary)
    first, second = list(root.iter("image"))[:2]
    assert (first.get("width"), first.get("height"), second.get("width")) == ("3", "2", None)
    assert [tag.get("source") for tag in first] == ["auto", "auto"]


def test_an_image_folder_has_splits_and_a_card(tmp_path: Path) -> None:
    tags().write(tmp_path / "h", format="imagefolder")
    card = (tmp_path / "h/README.md").read_text()
    assert card.startswith("---\nconfigs:\n")
    assert "split: validation\n    path: validation/**" in card
    lines = (tmp_path / "h/train/metadata.jsonl").read_text(encoding="utf-8").splitlines()
    assert (
        json.loads(lines[0])
        == {
            "file_name": "a.jpg",
            "tags": ["cat", "deep sea"],
            "confidences": [0.3, 1.0],
            "absent": [],
            "width": 1,
        }
        or json.loads(lines[0])["width"] == 1
    )
    assert (tmp_path / "h/test/metadata.jsonl").is_file()


def test_one_hot_says_nothing_of_what_is_unknown(tmp_path: Path) -> None:
    tags().write(tmp_path / "m.csv", format="one-hot")
    with (tmp_path / "m.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))
    assert rows[0] == ["image", "split", "width", *tags().vocabulary]
    assert rows[1] == ["a.jpg", "train", "1", "", "1", "1"]
    assert rows[3][3:] == ["0", "0", "0"]
    named = replace(tags(), columns=pl.DataFrame({"cat": [1, 2, 3, 4]}))
    with pytest.raises(DataError, match="the tag 'cat' has the name of another column"):
        named.write(tmp_path / "n.csv", format="one-hot")


def test_an_unknown_format_lists_the_known(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=", ".join(WRITERS)):
        tags().write(tmp_path / "x", format="excel")
