"""Characters that no tag may hold are faults, named with their place."""

import json
from pathlib import Path

import polars as pl
import pytest

from labelsphere.annotations import Annotations, stream_annotations
from labelsphere.errors import DataError

BAD = {
    "\n": "a line end",
    "\r": "a line end",
    "\x0b": "a line end",
    "\x85": "a line end",
    "\u2028": "a line end",
    "\0": "a NUL byte",
    "\t": "a tab",
    "\x1b": "the control character 0x1b",
    "\x07": "the control character 0x7",
    "\x7f": "the control character 0x7f",
    "\x9b": "the control character 0x9b",
}


@pytest.mark.parametrize("letter", BAD)
@pytest.mark.parametrize("ending", [".csv", ".long.csv", ".jsonl", ".json", ".parquet", "folder"])
def test_the_place_is_named(tmp_path: Path, letter: str, ending: str) -> None:
    tags = ["sky", f"se{letter}a"]
    place = {
        ".csv": "tags.csv line 3: the tag",
        ".long.csv": "long.csv line 4: the tag",
        ".jsonl": "tags.jsonl line 2: the tag",
        ".json": "tags.json entry 2: the tag",
        ".parquet": "tags.parquet: row 2: the tag",
    }.get(ending, "")
    file = tmp_path / f"tags{ending}"
    rows = [{"image": "a.jpg", "tags": ["tree"]}, {"image": "b.jpg", "tags": tags}]
    if ending == ".csv":
        file.write_text(f'image,tags\na.jpg,tree\nb.jpg,"{",".join(tags)}"\n', newline="")
    elif ending == ".long.csv":
        file.write_text(f'image,label\na.jpg,tree\nb.jpg,sky\nb.jpg,"{tags[1]}"\n', newline="")
    elif ending == ".jsonl":
        file.write_text("\n".join(json.dumps(row) for row in rows))
    elif ending == ".json":
        file.write_text(json.dumps(rows))
    elif ending == ".parquet":
        pl.DataFrame(rows).write_parquet(file)
    else:
        file.mkdir()
        (file / "a.jpg").touch()
        (file / "a.txt").write_text(f"se{letter}a, sky", newline="")
        if BAD[letter] == "a line end":
            # In a sidecar a line end stands between tags.
            assert Annotations.read(file).tags_of(0) == ["a", "se", "sky"]
            return
    with pytest.raises(DataError, match=f"{place}.* holds {BAD[letter]}"):
        Annotations.read(file)
    if ending != "folder":
        with pytest.raises(DataError, match=f"holds {BAD[letter]}"):
            stream_annotations(file, chunk_bytes=16).find_vocabulary()


def test_letters_of_every_script_are_fine(tmp_path: Path) -> None:
    tags = [
        "שלום",
        "👨‍👩‍👧",
        "日本",
        "ñandú",
        "نمی\u200cخواهم",
        "\u202eabc",
        "^_^",
        "#tag",
        "a|b",
        "C:\\x",
    ]
    (tmp_path / "tags.json").write_text(json.dumps({"a.jpg": tags}))
    assert set(Annotations.read(tmp_path / "tags.json").tags_of(0)) == set(tags)
