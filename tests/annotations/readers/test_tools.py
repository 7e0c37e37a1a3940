"""Annotation tools' files, written by hand as the tools write them, and all of one content."""

import json
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from labelsphere.annotations import Annotations, stream_annotations
from labelsphere.errors import DataError

SETS = {"a.jpg": ["cat", "sky"], "b.jpg": ["sky"], "c.jpg": []}


def put(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def fiftyone(folder: Path) -> Path:
    labels = {"a.jpg": [0, {"label": "sky"}], "b.jpg": "sky", "c.jpg": None}
    text = json.dumps({"classes": ["cat", "sky"], "labels": labels})
    return put(folder, {"labels.json": text, "data/a.jpg": ""})


def fiftyone_file(folder: Path) -> Path:
    return fiftyone(folder) / "labels.json"


def label_studio(folder: Path) -> Path:
    def task(image: str, choices: list[str], **more: object) -> dict[str, object]:
        value = {"from_name": "t", "to_name": "i", "type": "choices", "value": {"choices": choices}}
        return {
            "data": {"image": f"/data/local-files/?d={image}"},
            "annotations": [{"result": [value] if choices else [], **more}],
        }

    tasks = [task(image, tags) for image, tags in SETS.items()]
    cancelled = task("c.jpg", ["cat"], was_cancelled=True)["annotations"]
    tasks[2]["annotations"] = cancelled
    return put(folder, {"tasks.json": json.dumps(tasks)}) / "tasks.json"


def label_studio_short(folder: Path) -> Path:
    tasks = [
        {"id": 1, "image": "a.jpg", "tags": {"choices": ["cat", "sky"]}},
        {"id": 2, "image": "b.jpg", "tags": "sky"},
        {"id": 3, "image": "c.jpg"},
    ]
    return put(folder, {"min.json": json.dumps(tasks)}) / "min.json"


def label_studio_regions(folder: Path) -> Path:
    values = [{"rectanglelabels": ["cat"], "x": 1}, {"taxonomy": [["outside", "sky"]]}]
    first = {"data": {"img": "a.jpg"}, "annotations": [{"result": [{"value": v} for v in values]}]}
    second = {
        "data": {"img": "b.jpg"},
        "annotations": [],
        "predictions": [{"result": [{"value": {"choices": ["sky"]}}]}],
    }
    third = {"data": {"img": "c.jpg"}, "annotations": []}
    return put(folder, {"tasks.json": json.dumps([first, second, third])}) / "tasks.json"


def cvat(folder: Path) -> Path:
    text = """<?xml version="1.0" encoding="utf-8"?>
    <annotations><version>1.1</version><meta><task><labels><label><name>cat</name></label></labels>
    </task></meta>
    <image id="0" name="a.jpg" width="4" height="4"><tag label="cat" source="manual"></tag>
      <box label="sky" xtl="0" ytl="0" xbr="1" ybr="1"/><box label="sky" xtl="2"/></image>
    <image id="1" name="b.jpg"><polygon label="sky" points="0,0"/></image>
    <image id="2" name="c.jpg"></image></annotations>"""
    return put(folder, {"annotations.xml": text}) / "annotations.xml"


def one_hot(folder: Path) -> Path:
    text = "image,cat,sky\na.jpg,1,1\nb.jpg,-1,1.0\nc.jpg,,-1\n"
    return put(folder, {"matrix.csv": text}) / "matrix.csv"


def test_one_hot_tells_its_other_columns(tmp_path: Path) -> None:
    file = tmp_path / "m.csv"
    file.write_text("image,is_valid,sky,sea,sun\na,0,1,0,2\nb,1,0,1,1\n")
    tags = Annotations.read(file, format="one-hot")
    assert tags.vocabulary.names == ("sea", "sky")
    assert any("no tags: 'is_valid', 'sun'" in note for note in tags.report.notes)
    assert tags.columns["is_valid"].to_list() == ["0", "1"]


def one_hot_parquet(folder: Path) -> Path:
    columns = {"image": list(SETS), "cat": [True, None, None], "sky": [1, 1, -1]}
    folder.mkdir(exist_ok=True)
    pl.DataFrame(columns).write_parquet(folder / "matrix.parquet")
    return folder / "matrix.parquet"


def pascal_voc(folder: Path) -> Path:
    lists = {"cat": "a 1\nb  0\nc 0\n", "sky": "a  1\nb  1\nc  0\n"}
    files = {f"ImageSets/Main/{name}_train.txt": text for name, text in lists.items()}
    return put(folder, files | {f"JPEGImages/{name}": "" for name in SETS})


def pascal_voc_objects(folder: Path) -> Path:
    def xml(image: str, tags: list[str]) -> str:
        objects = "".join(f"<object><name>{tag}</name></object>" for tag in tags)
        hard = "<object><name>cat</name><difficult>1</difficult></object>" if not tags else ""
        return f"<annotation><filename>{image}</filename>{objects}{hard}</annotation>"

    files = {f"Annotations/{image[0]}.xml": xml(image, tags) for image, tags in SETS.items()}
    return put(folder, files | {f"JPEGImages/{name}": "" for name in SETS})


def yolo(folder: Path) -> Path:
    return put(
        folder,
        {
            "data.yaml": "train: images/train\nnames:\n  0: cat\n  1: sky\n",
            "images/train/a.jpg": "",
            "images/train/b.jpg": "",
            "images/val/c.jpg": "",
            "labels/train/a.txt": "0 0.5 0.5 1 1\n1 0.5 0.5 1 1\n1 0.1 0.1 0.1 0.1\n",
            "labels/train/b.txt": "1 0.5 0.5 1 1\n",
        },
    )


def yolo_by_split(folder: Path) -> Path:
    return put(
        folder,
        {
            "data.yaml": "names: [cat, sky]\n",
            "train/images/a.jpg": "",
            "train/images/b.jpg": "",
            "valid/images/c.jpg": "",
            "train/labels/a.txt": "0 0 0 1 1\n1 0 0 1 1\n",
            "train/labels/b.txt": "1 0 0 1 1",
            "valid/labels/c.txt": "\n",
        },
    )


def image_folder(folder: Path) -> Path:
    def line(image: str) -> str:
        return json.dumps({"file_name": image, "tags": SETS[image]}) + "\n"

    return put(
        folder,
        {
            "train/metadata.jsonl": line("a.jpg") + line("b.jpg"),
            "test/metadata.csv": "file_name,tags\nc.jpg,\n",
            "README.md": "---\n---\n",
        },
    )


def open_images(folder: Path) -> Path:
    rows = ["a.jpg,v,cat,1", "a.jpg,v,sky,1", "b.jpg,v,sky,1", "c.jpg,v,cat,0"]
    text = "\n".join(["ImageID,Source,LabelName,Confidence", *rows])
    return put(folder, {"labels.csv": text}) / "labels.csv"


FORMATS: list[tuple[Callable[[Path], Path], str | None]] = [
    (fiftyone, None),
    (fiftyone_file, None),
    (fiftyone_file, "fiftyone"),
    (label_studio, None),
    (label_studio, "label-studio"),
    (label_studio_short, None),
    (label_studio_regions, None),
    (cvat, None),
    (one_hot, "one-hot"),
    (one_hot_parquet, "one-hot"),
    (pascal_voc, None),
    (pascal_voc_objects, None),
    (yolo, None),
    (yolo_by_split, None),
    (image_folder, None),
    (open_images, None),
]


@pytest.mark.parametrize(("write", "format"), FORMATS)
def test_every_tool_says_the_same(
    tmp_path: Path, write: Callable[[Path], Path], format: str | None
) -> None:
    source = write(tmp_path / "set")
    tags = Annotations.read(source, format=format)
    found = {}
    for row, image in enumerate(tags.image_ids):
        name = image.rpartition("/")[2].replace("%3Fd%3D", "").rpartition("=")[2]
        found[name if "." in name else name + ".jpg"] = tags.tags_of(row)
    assert {image: found[image] for image in sorted(found)} == SETS
    chunks = stream_annotations(source, format=format).chunks()
    assert [chunk.tags_of(row) for chunk in chunks for row in range(chunk.n_images)] == [
        tags.tags_of(row) for row in range(tags.n_images)
    ]


def absences(tags: Annotations) -> list[list[str]]:
    assert tags.absent is not None
    rows = tags.absent.toarray() > 0
    return [[tags.vocabulary[n] for n in row.nonzero()[0]] for row in rows]


def test_one_hot_tables_have_absences_and_further_columns(tmp_path: Path) -> None:
    text = "file,split,cat,sky,width\na.jpg,train,1,0,3\nb.jpg,test,0,1,4\nc.jpg,test,-1,,5\n"
    (tmp_path / "m.csv").write_text(text)
    tags = Annotations.read(tmp_path / "m.csv", format="one-hot")
    assert tags.vocabulary.names == ("cat", "sky")
    assert absences(tags) == [["sky"], ["cat"], []]
    assert tags.columns.columns == ["split", "width"]


def test_pascal_voc_has_absences_and_splits(tmp_path: Path) -> None:
    lists = {
        "cat_train.txt": "a 1\nb -1\n",
        "cat_val.txt": "c -1\n",
        "sky_train.txt": "a -1\nb 1\n",
        "sky_val.txt": "c 0\n",
        "cat_trainval.txt": "a 1\nb -1\nc -1\n",
        "train.txt": "a\nb\n",
    }
    files = {f"ImageSets/Main/{name}": text for name, text in lists.items()}
    tags = Annotations.read(put(tmp_path, files | {"JPEGImages/a.jpg": ""}))
    assert absences(tags) == [["sky"], ["cat"], ["cat"]]
    assert tags.column("split").to_list() == ["train", "train", "val"]


def test_splits_are_a_column(tmp_path: Path) -> None:
    assert Annotations.read(yolo(tmp_path / "y")).column("split").to_list() == [
        "train",
        "train",
        "val",
    ]
    folder = Annotations.read(image_folder(tmp_path / "i"))
    assert folder.column("split").to_list() == ["test", "train", "train"]
    assert list(folder.image_ids) == ["test/c.jpg", "train/a.jpg", "train/b.jpg"]


def test_absent_tags_may_have_a_column_of_their_own(tmp_path: Path) -> None:
    rows = [
        {"image": "a", "tags": ["sky"], "absent": ["cat"]},
        {"image": "b", "tags": ["cat"], "absent": []},
    ]
    (tmp_path / "t.jsonl").write_text("\n".join(json.dumps(row) for row in rows))
    tags = Annotations.read(tmp_path / "t.jsonl")
    assert absences(tags) == [["cat"], []]
    assert tags.columns.width == 0
    [chunk] = stream_annotations(tmp_path / "t.jsonl").chunks()
    assert absences(chunk) == [["cat"], []]
    (tmp_path / "t.csv").write_text('image,tags,negative tags\na,sky,"cat, dog"\nb,"cat,dog",\n')
    assert absences(Annotations.read(tmp_path / "t.csv")) == [["cat", "dog"], []]


@pytest.mark.parametrize(
    ("files", "format", "message"),
    [
        ({"labels.json": '{"classes": [], "labels": {"a": 3}}'}, "fiftyone", "'a': label 3 is no"),
        ({"labels.json": '{"classes": [], "labels": {"a": {}}}'}, "fiftyone", "expected a label's"),
        ({"labels.json": '{"classes": [], "labels": []}'}, "fiftyone", "has no 'labels' by image"),
        (
            {"t.json": '[{"data": {"x": 1}, "annotations": []}]'},
            "label-studio",
            "entry 1: no image",
        ),
        ({"t.json": "{}"}, "label-studio", "is not a list of tasks"),
        ({"t.xml": "<a></a>"}, "cvat", "has the root 'a'"),
        ({"t.xml": "<annotations><image id='3'/></annotations>"}, "cvat", r"\(id 3\) has no name"),
        ({"t.xml": "<annotations/>"}, "cvat", "has no images"),
        ({"t.xml": "<annotations>"}, "cvat", "cannot be read as XML"),
        ({"t.xml": '<!DOCTYPE a [<!ENTITY b "c">]><annotations/>'}, "cvat", "XML entities"),
        ({"t.csv": "image,note\na,hello\n"}, "one-hot", "no column holds 0, 1, -1"),
        ({"t.csv": "cat,sky\n1,0\n"}, "one-hot", "no column is recognised as the image"),
        ({"JPEGImages/a.jpg": "", "ImageSets/Main/cat_train.txt": "a 2\n"}, None, "1, 0 or -1"),
        ({"images/a.jpg": "", "labels/a.txt": "0 0 0 1 1"}, None, "does not name its classes"),
        ({"data.yaml": "names: [cat]", "images/a.jpg": "", "labels/a.txt": "1 0"}, None, "line 1"),
        ({"data.yaml": "names: {x: cat}", "images/a.jpg": ""}, None, "must be given by number"),
        ({"data.yaml": "a: [", "images/a.jpg": ""}, None, "cannot be read as YAML"),
        ({"data.yaml": "train: x", "images/a.jpg": ""}, None, "has no 'names'"),
        ({"data.yaml": "names: [cat]"}, None, "has no pictures under a folder 'images'"),
        ({"train/metadata.csv": "x,y\n1,2\n"}, None, "no column is recognised as the tags"),
    ],
)
def test_faults_are_named(
    tmp_path: Path, files: dict[str, str], format: str | None, message: str
) -> None:
    put(tmp_path, files)
    single = len(files) == 1 and format is not None
    source = tmp_path / next(iter(files)) if single else tmp_path
    with pytest.raises(DataError, match=message):
        Annotations.read(source, format=format)
