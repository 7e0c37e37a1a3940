"""Whatever a file holds, reading it ends in annotations or in an error that a user can mend."""

import json
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from labelsphere.annotations import Annotations, Hierarchy, Revision, Vocabulary, stream_annotations
from labelsphere.annotations.filters import LabelNames
from labelsphere.annotations.readers import READERS
from labelsphere.errors import LabelsphereError

BOUNDED = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))

# Letters that mean something to some reader.
PIECES = st.sampled_from(
    [
        *",;|\t\n\r\"'[]{}()#=\\/ \0:",
        "\r\n",
        '""',
        "\ufeff",
        "e\u0301",
        "\u2028",
        "\x85",
        "image",
        "tags",
        "label",
        "confidence",
        "score",
        "split",
        "id",
        "folder",
        "filename",
        "ImageID",
        "LabelName",
        "sep=;",
        "nan",
        "None",
        "['sky', 'sea']",
        "[sky, sea]",
        "np.str_('x')",
        "0.5",
        "0,5",
        "1e999",
        "-1",
        "a.jpg",
        "😀",
        "image,tags\n",
        "image,label,confidence\n",
        "version https://git-lfs.github.com/spec/v1",
    ]
)
TEXTS = st.lists(PIECES | st.text(max_size=4), max_size=30).map("".join)
KEYS = st.sampled_from(
    [
        "image",
        "images",
        "annotations",
        "categories",
        "tags",
        "label",
        "id",
        "image_id",
        "name",
        "category_id",
        "file_name",
        "score",
        "confidence",
        "neg_category_ids",
        "segments_info",
        "x",
        "data",
        "predictions",
        "result",
        "value",
        "choices",
        "classes",
        "labels",
        "samples",
    ]
)
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-3, 3)
    | st.sampled_from([10**30, 2**63, -(2**64)])
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from(["\ud800", "sky", "nan", "['a']", "a,b", "\0"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=20,
)
TOOLS = ("coco", "fiftyone", "label-studio")
FILES = [name for name, reader in READERS.items() if reader.files]


def read_all(data: bytes, name: str, ending: str) -> None:
    """Read a file whole and in small chunks; only errors of ours are let through."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"tags{ending}"
        path.write_bytes(data)
        try:
            Annotations.read(path, format=name)
        except LabelsphereError as error:
            check(error)
        try:
            for chunk in stream_annotations(path, format=name, chunk_bytes=64).chunks():
                assert chunk.n_images
        except LabelsphereError as error:
            check(error)


def check(error: LabelsphereError) -> None:
    assert str(error)
    str(error).encode()


@pytest.mark.parametrize("name", FILES)
@BOUNDED
@given(data=st.binary(max_size=80))
def test_any_bytes(name: str, data: bytes) -> None:
    read_all(data, name, "")


@pytest.mark.parametrize("name", FILES)
@BOUNDED
@given(text=TEXTS)
def test_any_text(name: str, text: str) -> None:
    read_all(text.encode(errors="replace"), name, "")


@pytest.mark.parametrize("header", ["image,tags\n", "image;label;confidence\n", "image\ttags\n"])
@BOUNDED
@given(text=TEXTS)
def test_any_text_below_a_header(header: str, text: str) -> None:
    read_all((header + text).encode(errors="replace"), "csv", ".csv")


@pytest.mark.parametrize("name", [name for name in FILES if "json" in name or name in TOOLS])
@BOUNDED
@given(value=VALUES)
def test_any_json(name: str, value: Any) -> None:
    read_all(json.dumps(value).encode(), name, ".json")


@BOUNDED
@given(records=st.lists(st.dictionaries(KEYS, VALUES, max_size=5), max_size=5))
def test_any_json_lines(records: list[dict[str, Any]]) -> None:
    read_all("\n".join(json.dumps(record) for record in records).encode(), "jsonl", ".jsonl")


@BOUNDED
@given(
    images=st.lists(st.dictionaries(KEYS, VALUES, max_size=4) | VALUES, max_size=3),
    annotations=st.lists(st.dictionaries(KEYS, VALUES, max_size=4) | VALUES, max_size=3),
    categories=st.lists(st.dictionaries(KEYS, VALUES, max_size=4) | VALUES, max_size=3),
)
def test_any_coco(images: list[Any], annotations: list[Any], categories: list[Any]) -> None:
    document = {"images": images, "annotations": annotations, "categories": categories}
    read_all(json.dumps(document).encode(), "coco", ".json")


COLUMNS = st.sampled_from(
    [
        pl.Series([["sky"], None, []], dtype=pl.List(pl.String)),
        pl.Series([[1, None], [], [2]], dtype=pl.List(pl.Int64)),
        pl.Series([[["a"]], [], None], dtype=pl.List(pl.List(pl.String))),
        pl.Series([[{"label": "sky", "score": 5.0}], [], None]),
        pl.Series([[{"tag": "sky", "accepted": False}], [], None]),
        pl.Series([[{"x": 1}], [], None]),
        pl.Series([{"bytes": b"x", "path": "a.png"}, None, {"bytes": None, "path": None}]),
        pl.Series(["sky, sea", None, "nan"]),
        pl.Series(["a", "b", "\0"]),
        pl.Series([1, 2, None]),
        pl.Series([1.0, 2.5, float("nan")]),
        pl.Series([b"a", None, b"c"]),
        pl.Series([None, None, None]),
        pl.Series([True, False, None]),
        pl.Series(["a", "b", "a"], dtype=pl.Categorical),
        pl.Series([0, 1, 2]).cast(pl.Date),
        pl.Series([0, 1, 2]).cast(pl.Datetime),
        pl.Series([[1.0], [0.5, 0.5], []], dtype=pl.List(pl.Float64)),
    ]
)


@BOUNDED
@given(columns=st.dictionaries(KEYS, COLUMNS, min_size=1, max_size=4))
def test_any_parquet_columns(columns: dict[str, pl.Series]) -> None:
    stored = BytesIO()
    pl.DataFrame(columns).write_parquet(stored)
    read_all(stored.getvalue(), "parquet", ".parquet")


@BOUNDED
@given(sidecar=st.binary(max_size=40) | TEXTS.map(lambda text: text.encode(errors="replace")))
def test_any_sidecar(sidecar: bytes) -> None:
    with TemporaryDirectory() as folder:
        Path(folder, "a.jpg").touch()
        Path(folder, "a.txt").write_bytes(sidecar)
        try:
            Annotations.read(folder)
        except LabelsphereError as error:
            check(error)


LISTS: dict[str, Callable[[Path], object]] = {
    "vocabulary": Vocabulary.read,
    "revision": Revision.read,
    "hierarchy": Hierarchy.read,
    "names": lambda path: LabelNames(path).rename(pl.DataFrame({"row": [0], "tag": ["sky"]})),
}


@pytest.mark.parametrize("name", LISTS)
@BOUNDED
@given(data=TEXTS.map(lambda t: t.encode(errors="replace")) | st.binary(max_size=40))
def test_any_list(name: str, data: bytes) -> None:
    read_list(name, data)


@pytest.mark.parametrize("name", LISTS)
@BOUNDED
@given(value=VALUES)
def test_any_list_as_json(name: str, value: Any) -> None:
    read_list(name, json.dumps(value).encode())


def read_list(name: str, data: bytes) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "list.csv"
        path.write_bytes(data)
        try:
            LISTS[name](path)
        except LabelsphereError as error:
            check(error)


@BOUNDED
@given(
    lines=st.lists(
        st.lists(st.sampled_from(["1", "0", "-1", "", "a", "0.5", "true"]), max_size=4), max_size=5
    )
)
def test_any_marks(lines: list[list[str]]) -> None:
    text = "image,cat,sky\n" + "\n".join(",".join(line) for line in lines)
    read_all(text.encode(), "one-hot", ".csv")


XML = st.sampled_from(
    ["<image", ' name="a"', ">", "/>", '<tag label="x"/>', "</image>", "&amp;", "<"]
)


@BOUNDED
@given(pieces=st.lists(XML | TEXTS, max_size=8))
def test_any_xml(pieces: list[str]) -> None:
    text = "<annotations>" + "".join(pieces) + "</annotations>"
    read_all(text.encode(errors="replace"), "cvat", ".xml")


FOLDERS = {
    "yolo": ["data.yaml", "labels/a.txt", "classes.txt"],
    "pascal-voc": ["ImageSets/Main/cat_train.txt", "Annotations/a.xml"],
    "imagefolder": ["train/metadata.csv", "test/metadata.jsonl"],
    "fiftyone": ["labels.json"],
}


@pytest.mark.parametrize("name", FOLDERS)
@BOUNDED
@given(texts=st.lists(TEXTS | VALUES.map(json.dumps), min_size=3, max_size=3))
def test_any_folder(name: str, texts: list[str]) -> None:
    with TemporaryDirectory() as folder:
        for inside in ("images", "labels", "JPEGImages", "Annotations", "ImageSets/Main", "data"):
            Path(folder, inside).mkdir(parents=True)
        for inside in ("train", "test"):
            Path(folder, inside).mkdir()
        Path(folder, "images/a.jpg").touch()
        for file, text in zip(FOLDERS[name], texts, strict=False):
            Path(folder, file).write_bytes(text.encode(errors="replace"))
        try:
            Annotations.read(folder, format=name)
        except LabelsphereError as error:
            check(error)
