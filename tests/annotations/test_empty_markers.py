"""Words for nothing are no tags, unless they are meant."""

import json
from pathlib import Path

import polars as pl
import pytest

from labelsphere.annotations import Annotations, ReadReport, Vocabulary, stream_annotations
from labelsphere.annotations.empty_markers import drop_empty_markers
from labelsphere.errors import DataError

MARKERS = ["nan", "NaN", "None", "NULL", "null", "N/A", "n/a", "<NA>", "#N/A", "NaT", "NA", "NONE"]
MARKERS += ["-", "--", "–", "(null)", "undefined", "#REF!"]


@pytest.mark.parametrize("marker", MARKERS)
@pytest.mark.parametrize("form", ["cell", "among others", "list", "text of a list", "long"])
def test_a_marker_is_left_out_and_told(tmp_path: Path, marker: str, form: str) -> None:
    if form == "list":
        file = tmp_path / "tags.jsonl"
        rows = [{"image": "a", "tags": ["sky"]}, {"image": "b", "tags": [marker]}]
        file.write_text("\n".join(json.dumps(row) for row in rows))
    else:
        cell = {"among others": f'"{marker}, "', "text of a list": f"\"['{marker}']\""}
        column = "label" if form == "long" else "tags"
        file = tmp_path / "tags.csv"
        file.write_text(f"image,{column}\na,sky\nb,{cell.get(form, marker)}\n")
    tags = Annotations.read(file)
    assert tags.vocabulary.names == ("sky",)
    assert list(tags.image_ids) == ["a", "b"]
    assert tags.report.empty_markers == {marker: 1}
    assert any(f"only marks an empty cell: {marker} (1)" in told for told in tags.report.remarks())
    assert Annotations.read(file, keep=[marker]).vocabulary.names == tuple(sorted(["sky", marker]))
    stream = stream_annotations(file)
    assert stream.find_vocabulary().names == ("sky",)


def test_the_marker_of_mysql_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "tags.csv").write_text("image,tags\na,sky\nb,\\N\n")
    assert Annotations.read(tmp_path / "tags.csv").report.empty_markers == {r"\N": 1}


@pytest.mark.parametrize("tag", ["nancy", "nonet", "na", "Na", "null pointer", "n", "no", "?", "0"])
def test_words_that_are_tags_stay(tag: str) -> None:
    frame = pl.DataFrame({"row": [0], "tag": [tag]})
    report = ReadReport()
    assert drop_empty_markers(frame, (), report).equals(frame)
    assert report == ReadReport()


def test_a_marker_of_the_vocabulary_is_a_tag(tmp_path: Path) -> None:
    (tmp_path / "tags.csv").write_text("image,tags\na,none\n")
    tags = Annotations.read(tmp_path / "tags.csv", vocabulary=Vocabulary(["none", "sky"]))
    assert tags.tags_of(0) == ["none"]
    stream = stream_annotations(tmp_path / "tags.csv", vocabulary=Vocabulary(["none"]))
    assert [chunk.tags_of(0) for chunk in stream.chunks()] == [["none"]]


def test_a_table_of_markers_alone_is_empty(tmp_path: Path) -> None:
    (tmp_path / "tags.csv").write_text("image,tags\na,None\nb,nan\n")
    with pytest.raises(DataError, match=r"2 tags left out that only mark an empty cell"):
        Annotations.read(tmp_path / "tags.csv")
