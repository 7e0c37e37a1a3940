"""``labelsphere count``: tables to counts, counts kept up to date, a space from them."""

import json
from pathlib import Path

import numpy as np
import pytest

from labelsphere.annotations import Annotations
from labelsphere.cli import main
from labelsphere.space import Counts, LabelSpace, count_cooccurrence

ROWS = ["a,sky|sea,train", "b,sky|sea,train", "c,cat|sofa,train", "d,cat,train", "e,sky,test"]


def table(folder: Path, name: str = "tags.csv", rows: list[str] = ROWS, split: bool = True) -> str:
    path = folder / name
    header = "image,tags,split" if split else "image,tags"
    kept = rows if split else [row.rpartition(",")[0] for row in rows]
    path.write_text("\n".join([header, *kept]).replace("|", ";") + "\n")
    return str(path)


def same(one: Counts, other: Counts) -> bool:
    return (
        (one.vocabulary, one.n_images) == (other.vocabulary, other.n_images)
        and one.joint.indices.tolist() == other.joint.indices.tolist()
        and one.joint.data.tobytes() == other.joint.data.tobytes()
    )


def test_counts_are_those_of_the_whole_table_and_make_the_same_space(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tags, counts = table(tmp_path), str(tmp_path / "counts")
    assert main(["count", tags, "--separator", ";", "--output", counts, "--json"]) == 0
    printed = capsys.readouterr()
    told = {"labels": 4, "images": 4, "tags": 7, "pairs": 2, "images_given": 4, "weighted": False}
    assert json.loads(printed.out) == {"output": counts, **told}
    assert "counting the 4 of 5 images whose split is train" in printed.err
    whole = Annotations.read(tags, separator=";")
    expected = count_cooccurrence(whole.select(whole.rows_where("split", "train")))
    assert same(Counts.load(counts), expected)
    for source, name in ((counts, "one"), (tags, "other")):
        options = ["--separator", ";"] if source == tags else []
        assert main(["embed", source, *options, "--output", str(tmp_path / name)]) == 0
    one, other = (LabelSpace.load(tmp_path / name) for name in ("one", "other"))
    np.testing.assert_array_equal(one.vectors, other.vectors)


def test_counts_grow_shrink_and_decay(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    counts = str(tmp_path / "counts")
    first = table(tmp_path, "first.csv", ROWS[:3], split=False)
    second = table(tmp_path, "second.csv", ROWS[3:], split=False)
    split = ["--separator", ";"]
    assert main(["count", first, *split, "--output", counts]) == 0
    before = Counts.load(counts)
    assert main(["count", second, *split, "--update", counts]) == 0
    both = Annotations.read(table(tmp_path, "all.csv", split=False), separator=";")
    whole = count_cooccurrence(both)
    assert same(Counts.load(counts).over(whole.vocabulary), whole)
    assert main(["count", second, *split, "--update", counts, "--subtract"]) == 0
    assert same(Counts.load(counts), before)
    assert main(["count", "--update", counts, "--decay", "0.5"]) == 0
    assert same(Counts.load(counts), before.decayed(0.5))
    merged = str(tmp_path / "merged")
    assert main(["count", counts, counts, "--output", merged]) == 0
    assert same(Counts.load(merged), before.decayed(0.5) + before.decayed(0.5))
    capsys.readouterr()


def test_what_cannot_be_is_one_line_and_leaves_the_counts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tags, counts = table(tmp_path, split=False), str(tmp_path / "counts")
    options = ["--separator", ";"]
    assert main(["count", tags, *options, "--output", counts]) == 0
    other, copy = str(tmp_path / "other"), str(tmp_path / "copy.csv")
    Path(copy).write_bytes(Path(tags).read_bytes())
    refused = [
        ([tags], 2, "give --output"),
        ([tags, "--output", other, "--update", counts], 2, "contradict"),
        ([tags, "--output", other, "--subtract"], 2, "--update"),
        ([tags, "--output", counts], 1, "not empty"),
        (["--output", other], 2, "give one or more tables of tags"),
        ([tags, "--update", counts, "--weighted"], 2, "counts images, not confidences"),
        ([tags, "--update", counts, "--subtract", "--min-count", "2"], 2, "leave out --vocabulary"),
        ([tags, tags, *options, "--output", other], 2, "is given twice"),
        ([tags, copy, *options, "--update", counts, "--subtract"], 1, "cannot be taken from"),
        (["--update", counts, "--decay", "2"], 2, "factor must be"),
        (["--update", other, "--decay", "0.5"], 1, "expected a folder saved as"),
    ]
    before = Counts.load(counts)
    for arguments, code, message in refused:
        capsys.readouterr()
        assert main(["count", *arguments]) == code
        lines = capsys.readouterr().err.strip().splitlines()
        assert message in lines[-1]
        assert same(Counts.load(counts), before)
        assert not Path(other).exists()
    assert main(["embed", counts, "--split", "split", "--output", other]) == 2
    assert "counts, and --split applies to tables" in capsys.readouterr().err
