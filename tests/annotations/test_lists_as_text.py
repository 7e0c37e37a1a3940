"""Lists that some program wrote as text are read as lists in every format, and it is told."""

import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from PIL import Image

from labelsphere.annotations import Annotations, stream_annotations
from labelsphere.errors import DataError

LISTS = [["sky", "deep sea"], ["a, b", "c"], ["it's", 'say "hi"'], ["café"], []]
FORMS = {
    "python": repr,
    "json": json.dumps,
    "numpy": lambda words: str(np.array(words, dtype=object)),
    "tuple": lambda words: repr(tuple(words)) if words else "[]",
    "strings": lambda words: "[" + ", ".join(f"np.str_({word!r})" for word in words) + "]",
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("ending", [".csv", ".jsonl", ".parquet", ".json", "folder"])
def test_they_are_read_as_lists(tmp_path: Path, form: str, ending: str) -> None:
    cells = [FORMS[form](words) for words in LISTS]
    names = [f"{n}.png" for n in range(len(cells))]
    table = pl.DataFrame({"image": names, "tags": cells})
    file = tmp_path / f"tags{ending}"
    if ending == ".csv":
        table.write_csv(file)
    elif ending == ".jsonl":
        table.write_ndjson(file)
    elif ending == ".parquet":
        table.write_parquet(file)
    elif ending == ".json":
        file.write_text(json.dumps(table.to_dicts()))
    else:
        file.mkdir()
        for name, cell in zip(names, cells, strict=True):
            Image.new("RGB", (2, 2)).save(file / name)
            (file / name).with_suffix(".txt").write_text(cell, encoding="utf-8")
    tags = Annotations.read(file)
    assert [tags.tags_of(row) for row in range(len(cells))] == [sorted(words) for words in LISTS]
    assert any("read as a list written as text" in note for note in tags.report.notes)
    if ending != "folder":
        chunks = stream_annotations(file).chunks()
        assert [chunk.tags_of(row) for chunk in chunks for row in range(chunk.n_images)] == [
            sorted(words) for words in LISTS
        ]


def test_lists_stand_beside_other_cells(tmp_path: Path) -> None:
    text = "image,tags\na,\"['sky', 'sea']\"\nb,\"sky, tree\"\nc,[bold]\nd,\n"
    (tmp_path / "t.csv").write_text(text)
    tags = Annotations.read(tmp_path / "t.csv")
    assert [tags.tags_of(row) for row in range(4)] == [
        ["sea", "sky"],
        ["sky", "tree"],
        ["[bold]"],
        [],
    ]


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        (["[sky, sea]", "[sky]"], "line 2: 'tags' is .*every cell has such brackets"),
        (["{sky,sea}", "{tree}"], "line 2: .*every cell has such brackets"),
        (["[sky]", "[sky sea]"], "line 3: .*every cell has such brackets"),
        (["sky", "['sky', sea, 'x']"], "line 3: 'tags' is .*cannot be read whole"),
        (["['sky' ... 'sea']"], "line 2: 'tags' is .*cannot be read whole"),
        (["[['sky'], ['sea']]"], "line 2: 'tags' is .*cannot be read whole"),
        (
            ["sky", "{'sky': 0.9, 'sea': 0.5}"],
            "line 3: 'tags' is .*tags with values.*one row per tag",
        ),
        (["[{'label': 'sky'}]"], "line 2: 'tags' is .*a list of objects.*one row per tag"),
        (['{"sky": 0.9}', "sea"], "line 2: 'tags' is .*tags with values"),
        (["sky", "['sky', 'se..."], "line 3: 'tags' is .*does not end with its bracket"),
        (["sky", '["sky"'], "line 3: 'tags' is .*does not end with its bracket"),
        (["sky", "[sky, sea]"], "line 3: 'tags' is .*brackets would become part of the tags"),
        (["{sky, sea}", "tree"], "line 2: 'tags' is .*brackets would become part of the tags"),
        (["[('sky', 0.5)]"], "line 2: 'tags' is .*cannot be read whole"),
        (["['sky', 1]"], "line 2: 'tags' is .*cannot be read whole"),
    ],
)
def test_what_is_not_clear_is_refused(tmp_path: Path, cells: list[str], message: str) -> None:
    names = [str(n) for n in range(len(cells))]
    pl.DataFrame({"image": names, "tags": cells}).write_csv(tmp_path / "t.csv")
    with pytest.raises(DataError, match=message):
        Annotations.read(tmp_path / "t.csv")
