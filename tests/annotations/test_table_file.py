"""Tables written back as they were laid out, and what a format cannot hold."""

import csv
import json
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from labelsphere.annotations import Annotations, Vocabulary
from labelsphere.errors import DataError

ROWS = [["sky", "wine glass"], [], ["sky"]]

# A value and a null of every type that a column of a Parquet file may have.
TYPES: dict[pl.DataType, list[object]] = {
    pl.Boolean(): [True, None],
    pl.Int8(): [1, None],
    pl.UInt64(): [2**64 - 1, None],
    pl.Float32(): [0.5, None],
    pl.Decimal(6, 2): [Decimal("1.10"), None],
    pl.String(): ['a,"b', None],
    pl.Categorical(): ["a", None],
    pl.Enum(["a", "b"]): ["a", None],
    pl.Binary(): [b"\xff", None],
    pl.Date(): [date(2020, 1, 2), None],
    pl.Time(): [time(1, 2, 3), None],
    pl.Datetime(): [datetime(2020, 1, 2, 3), None],
    pl.Datetime(time_zone="UTC"): [datetime(2020, 1, 2, 3), None],
    pl.Duration(): [timedelta(seconds=3), None],
    pl.List(pl.Int64()): [[1, None], None],
    pl.List(pl.Binary()): [[b"a"], None],
    pl.Array(pl.Float64(), 2): [[1.0, 2.0], None],
    pl.Struct({"a": pl.Int64(), "b": pl.List(pl.String())}): [{"a": 1, "b": ["x"]}, None],
}


def tags() -> Annotations:
    found = Annotations.from_lists(ROWS, image_ids=["1.png", "2.png", "3.png"])
    return replace(found, columns=pl.DataFrame({"split": ["train", "test", "train"]}))


def test_a_comma_does_not_go_into_csv(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"'salt, pepper' holds a comma.*\.jsonl"):
        Annotations.from_lists([["salt, pepper"]]).write(tmp_path / "tags.csv")
    assert list(tmp_path.iterdir()) == []


def test_lists_do_not_go_into_csv(tmp_path: Path) -> None:
    nested = replace(tags(), columns=pl.DataFrame({"boxes": [[1], [2], [3]]}))
    with pytest.raises(DataError, match="column 'boxes' holds lists"):
        nested.write(tmp_path / "tags.csv")


def rewritten(folder: Path, text: str, name: str = "new.csv", **options: str) -> str:
    """A table of text read, changed by nothing, and written."""
    (folder / "tags.csv").write_text(text, encoding="utf-8")
    Annotations.read(folder / "tags.csv", **options).write(folder / name)
    return (folder / name).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ('id,image,tags\n0,pics/a.jpg,"sea,sky"\n1,pics/b.jpg,sea\n', {}),
        ("id,file_name,tags\n7,a.jpg,sea\n8,b.jpg,\n", {}),
        ("image,labels,tags\na.jpg,sea,keepme\nb.jpg,sky,\n", {"tag_column": "labels"}),
        ("tags,image\nsea,a.jpg\n", {}),
        ("split,tags,width,image\ntrain,sea,3,a.jpg\ntest,sky,4,b.jpg\n", {}),
        ("image_id,path,url,tags,tag_count\n1,a.jpg,http://x,sea,1\n", {}),
        ("image,label\na.jpg,sea\na.jpg,sky\nb.jpg,sky\n", {}),
        ("image,label,confidence\na.jpg,sea,0.3\na.jpg,sky,1.0\nb.jpg,sea,0.8\n", {}),
        ("image,confidence,label\na.jpg,0.3,sea\na.jpg,0.0,sky\nb.jpg,1.0,sky\n", {}),
        ("folder,filename,label\ncats,1.jpg,cat\ndogs,1.jpg,dog\n", {}),
        ("image,what\na.jpg,sea|sky\n", {"tag_column": "what", "separator": "|"}),
        ('image,tags,note\na.jpg,sea,"say ""hi"", then go"\n', {}),
        (',image,tags\n0,a.jpg,"sea,sky"\n1,b.jpg,sea\n', {}),
        ("image,tags\n007,sea\n1e5,sky\n", {}),
        ("image,tags,score\na.jpg,sea,5.6\nb.jpg,sea,6.1\n", {}),
    ],
)
def test_every_column_comes_back_in_its_place(
    tmp_path: Path, text: str, options: dict[str, str]
) -> None:
    written = rewritten(tmp_path, text, **options)
    assert list(csv.reader(written.splitlines())) == list(csv.reader(text.splitlines()))


@pytest.mark.parametrize("ending", ["csv", "jsonl", "parquet"])
@pytest.mark.parametrize(
    "rows",
    [
        [{"image": "a", "tags": ["sea", "sky"], "confidences": [0.25, 0.0]}],
        [{"image": "a", "tags": ["sea"], "confidences": [0.5]}, {"image": "b", "tags": []}],
        [{"image": "a", "tags": {"sea": 0.125, "sky": 0.0}, "split": "train"}],
        [{"image": "a", "label": "sea", "score": 0.5}, {"image": "b", "label": "sky", "score": 0}],
        [{"id": 3, "image": "a", "tags": [{"label": "sky", "score": 0.75}]}],
    ],
)
def test_confidences_and_absences_come_back(
    tmp_path: Path, ending: str, rows: list[dict[str, object]]
) -> None:
    lines = "\n".join(json.dumps(row) for row in rows)
    (tmp_path / "tags.jsonl").write_text(lines, encoding="utf-8")
    everything = Vocabulary(["sea", "sky"])
    first = Annotations.read(tmp_path / "tags.jsonl", vocabulary=everything)
    first.write(tmp_path / f"new.{ending}")
    again = Annotations.read(tmp_path / f"new.{ending}", vocabulary=everything)
    assert list(again.image_ids) == list(first.image_ids)
    assert again.matrix.toarray().tolist() == first.matrix.toarray().tolist()
    assert (again.absent is None) == (first.absent is None)
    if first.absent is not None and again.absent is not None:
        assert again.absent.toarray().tolist() == first.absent.toarray().tolist()
    assert sorted(again.columns.columns) == sorted(first.columns.columns)


def test_whole_numbers_stay_numbers(tmp_path: Path) -> None:
    rows = {"image_id": [7, 8], "width": [3, 4], "tags": [["sea"], ["sky"]]}
    pl.DataFrame(rows).write_parquet(tmp_path / "tags.parquet")
    Annotations.read(tmp_path / "tags.parquet").write(tmp_path / "new.parquet")
    assert pl.read_parquet(tmp_path / "new.parquet").to_dict(as_series=False) == rows


@pytest.mark.parametrize("image", ["image", "picture"])
@pytest.mark.parametrize("with_id", [True, False])
def test_pictures_are_kept_in_parquet_and_told_elsewhere(
    tmp_path: Path, image: str, with_id: bool
) -> None:
    stored = [{"bytes": b"one", "path": "a.png"}, {"bytes": b"two", "path": "b.png"}]
    columns: dict[str, object] = {"id": ["x", "y"]} if with_id else {}
    table = pl.DataFrame({**columns, image: stored, "tags": [["sea"], ["sky"]], "n": [1, 2]})
    table.write_parquet(tmp_path / "tags.parquet")
    tags = Annotations.read(tmp_path / "tags.parquet")
    assert tags.write(tmp_path / "new.parquet") == []
    written = pl.read_parquet(tmp_path / "new.parquet")
    assert written.columns == table.columns
    assert [row["bytes"] for row in written[image]] == [b"one", b"two"]
    again = Annotations.read(tmp_path / "new.parquet")
    assert list(again.image_ids) == list(tags.image_ids)
    notes = tags.write(tmp_path / "new.csv")
    assert ["pictures inside the table are not written" in note for note in notes] == [True]
    assert list(Annotations.read(tmp_path / "new.csv").image_ids) == list(tags.image_ids)


@pytest.mark.parametrize("name", ["tags", "image_id"])
def test_a_further_column_of_a_needed_name_is_refused(tmp_path: Path, name: str) -> None:
    columns = pl.DataFrame({"image": ["1", "2", "3"], name: ["a", "b", "c"]})
    with pytest.raises(DataError, match=f"a further column is called '{name}'"):
        replace(tags(), columns=columns).write(tmp_path / "tags.csv")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("ending", ["csv", "jsonl"])
@pytest.mark.parametrize("thumbs", [[b"1", b"2", b"3"], [[b"1"], [], [b"2"]]])
def test_bytes_go_into_parquet_alone(tmp_path: Path, ending: str, thumbs: list[object]) -> None:
    found = replace(tags(), columns=pl.DataFrame({"thumb": thumbs}))
    with pytest.raises(DataError, match=r"column 'thumb' holds (lists of )?bytes"):
        found.write(tmp_path / f"tags.{ending}")
    assert list(tmp_path.iterdir()) == []
    found.write(tmp_path / "tags.parquet")


def typed(values: dict[str, list[object]]) -> Annotations:
    found = Annotations.from_lists([["sky"], ["sea"]], image_ids=["1.png", "2.png"])
    return replace(found, columns=pl.DataFrame(values))


def test_json_lines_hold_no_nan_and_say_so(tmp_path: Path) -> None:
    columns: dict[str, list[object]] = {
        "f": [float("nan"), 1.5],
        "g": [1.0, float("-inf")],
        "lists": [[float("nan"), 2.0], []],
        "objects": [{"a": float("inf")}, {"a": 1.0}],
        "n": [1, 2],
    }
    notes = typed(columns).write(tmp_path / "t.jsonl")
    assert notes == [
        "NaN and infinite numbers are written as null: columns 'f', 'g', 'lists', 'objects'"
    ]

    def refuse(constant: str) -> None:
        raise AssertionError(constant)

    lines = (tmp_path / "t.jsonl").read_text().splitlines()
    rows = [json.loads(line, parse_constant=refuse) for line in lines]
    assert [row["f"] for row in rows] == [None, 1.5]
    assert [row["g"] for row in rows] == [1.0, None]
    assert [row["lists"] for row in rows] == [[None, 2.0], []]
    assert [row["objects"] for row in rows] == [{"a": None}, {"a": 1.0}]
    assert [row["n"] for row in rows] == [1, 2]


def test_what_json_holds_as_text_is_named(tmp_path: Path) -> None:
    columns: dict[str, list[object]] = {
        "day": [date(2020, 1, 2), None],
        "price": [Decimal("1.10"), None],
        "took": [timedelta(seconds=3), None],
    }
    notes = typed(columns).write(tmp_path / "t.jsonl")
    assert notes == [
        "dates, times and decimals are written as text: columns 'day', 'price', 'took'"
    ]
    first = json.loads((tmp_path / "t.jsonl").read_text().splitlines()[0])
    assert (first["day"], first["price"], first["took"]) == ("2020-01-02", "1.10", "0:00:03")


@pytest.mark.parametrize("ending", ["csv", "jsonl", "parquet"])
@pytest.mark.parametrize("dtype", sorted(TYPES, key=str), ids=str)
def test_a_column_of_any_type_is_written_or_refused(
    tmp_path: Path, ending: str, dtype: pl.DataType
) -> None:
    column = pl.Series("c", TYPES[dtype], dtype)
    annotations = Annotations.from_lists([["sky"], ["sea"]], image_ids=["1.png", "2.png"])
    path = tmp_path / f"t.{ending}"
    typed = replace(annotations, columns=column.to_frame())
    # JSON has no form for bytes; a cell of CSV has none for lists, objects and spans of time.
    lacks = {"csv": ("Binary", "List", "Array", "Struct", "Duration"), "jsonl": ("Binary",)}
    if any(name in repr(dtype) for name in lacks.get(ending, ())):
        with pytest.raises(DataError, match=r"^column 'c' holds .*: write \.(jsonl|parquet)"):
            typed.write(path)
        assert not path.exists()
        return
    typed.write(path)
    again = Annotations.read(path)
    assert [again.tags_of(row) for row in range(2)] == [["sky"], ["sea"]]
    if dtype == pl.Binary:
        assert again.pictures is not None
        assert again.pictures.read(0) == b"\xff"
    else:
        assert again.columns["c"].is_null().to_list() == [False, True]
