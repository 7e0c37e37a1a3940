from pathlib import Path

import polars as pl
import pytest

from labelsphere.annotations.readers.frame import table_from_frame
from labelsphere.annotations.readers.raw import RawTable, ReadOptions
from labelsphere.errors import DataError


def read(frame: pl.DataFrame, **options: str) -> RawTable:
    return table_from_frame(frame, ReadOptions(**options), Path("t"))


def test_further_columns_are_kept() -> None:
    frame = pl.DataFrame({"split": ["a"], "image": ["1"], "tags": [["x"]], "base_id": [7]})
    table = read(frame)
    assert table.columns.to_dict(as_series=False) == {"split": ["a"], "base_id": [7]}
    assert table.rows == 1


def test_an_id_names_the_image_and_a_path_its_picture() -> None:
    frame = pl.DataFrame({"file_name": ["a.jpg"], "image_id": [12], "tags": [["x"]]})
    table = read(frame)
    assert table.image_ids.to_list() == ["12"]
    assert table.paths is not None
    assert table.paths.to_list() == ["a.jpg"]
    assert table.columns.columns == ["file_name"]
    named = read(frame, image_column="file_name")
    assert named.image_ids.to_list() == ["a.jpg"]
    assert named.columns.columns == ["image_id"]


def test_stored_pictures_keep_the_id_column() -> None:
    image = pl.Series([{"bytes": b"A", "path": "p"}, {"bytes": b"B", "path": "q"}])
    frame = pl.DataFrame({"image": image, "id": ["a", "b"], "labels": [["x"], ["y"]]})
    table = read(frame)
    assert table.image_ids.to_list() == ["a", "b"]
    assert table.picture_bytes is not None
    assert table.picture_bytes.to_list() == [b"A", b"B"]
    assert read(frame, image_column="image").image_ids.to_list() == ["a", "b"]


def test_pictures_without_an_id_are_named_by_path_or_number() -> None:
    image = pl.Series([{"bytes": b"A", "path": "p"}, {"bytes": b"B", "path": "q"}])
    tags = [["x"], ["y"]]
    assert read(pl.DataFrame({"image": image, "tags": tags})).image_ids.to_list() == ["p", "q"]
    same = pl.Series([{"bytes": b"A", "path": "p"}] * 2)
    assert read(pl.DataFrame({"image": same, "tags": tags})).image_ids.to_list() == ["0", "1"]
    bare = pl.DataFrame({"image": [b"A", b"B"], "tags": tags})
    assert read(bare).image_ids.to_list() == ["0", "1"]


@pytest.mark.parametrize(
    ("column", "options", "expected"),
    [
        ("tags", {}, [(0, "x"), (0, "y"), (1, "z")]),
        ("label", {}, [(0, "x, y"), (0, "z")]),
        ("label", {"separator": ","}, [(0, "x"), (0, "y"), (1, "z")]),
        ("tags", {"separator": ""}, [(0, "x, y"), (0, "z")]),
        ("what", {"tag_column": "what"}, [(0, "x"), (0, "y"), (1, "z")]),
        ("tags", {"separator": ";"}, [(0, "x, y"), (1, "z")]),
    ],
)
def test_a_name_in_the_singular_is_one_tag_a_row(
    column: str, options: dict[str, str], expected: list[tuple[int, str]]
) -> None:
    frame = pl.DataFrame({"image": ["a", "a"], column: ["x, y", "z"]})
    assert read(frame, **options).tags.rows() == expected


def test_an_unknown_name_with_confidences_is_one_tag_a_row() -> None:
    frame = pl.DataFrame({"image": ["a", "a"], "what": ["x, y", "z"], "score": [0.5, 1]})
    table = read(frame, tag_column="what")
    assert table.tags.rows() == [(0, "x, y", 0.5), (0, "z", 1.0)]
    assert table.columns.width == 0


def test_a_score_beside_sets_of_tags_is_a_further_column() -> None:
    frame = pl.DataFrame({"image": ["a"], "tags": ["x,y"], "score": [0.5]})
    table = read(frame)
    assert table.tags.columns == ["row", "tag"]
    assert table.columns.columns == ["score"]


def test_lists_may_have_lists_of_confidences() -> None:
    frame = pl.DataFrame({"image": ["a"], "tags": [["x", "y"]], "scores": [[0.5, 1.0]]})
    assert read(frame).tags.rows() == [(0, "x", 0.5), (0, "y", 1.0)]


def test_confidences_of_images_are_told_and_not_read() -> None:
    frame = pl.DataFrame({"image": ["a"], "tags": ["x,y"], "confidence": [0.5]})
    assert read(frame).notes == (
        "'confidence' is not read: it has one value per image, not one per tag",
    )


def test_a_score_in_words_is_no_confidence() -> None:
    frame = pl.DataFrame({"image": ["a", "b"], "label": ["x", "y"], "score": ["good", None]})
    table = read(frame)
    assert table.tags.columns == ["row", "tag"]
    assert table.notes == ("'score' holds words, and is not read as a confidence",)
    with pytest.raises(DataError, match=r"row 2: 'score' is 'O\.5'; expected a number"):
        read(frame.with_columns(score=pl.Series(["0.5", "O.5"])))


def test_confidences_that_mark_nothing_count_as_certain() -> None:
    frame = pl.DataFrame(
        {"image": ["a"] * 3, "label": ["x", "y", "z"], "score": ["0.5", "n/a", ""]}
    )
    table = read(frame)
    assert table.tags.rows() == [(0, "x", 0.5), (0, "y", None), (0, "z", None)]
    assert "2 tags have no number in 'score', and count as certain" in table.notes


def test_whole_numbers_that_pandas_made_1_0_are_told() -> None:
    table = read(pl.DataFrame({"image_id": [1.0, 2.0], "tags": [["x"], ["y"]]}))
    assert table.image_ids.to_list() == ["1", "2"]
    assert table.notes == ("the numbers of 'image_id' are read as whole: 1.0 is image 1",)


def test_lists_written_as_text_within_lists_are_read() -> None:
    lists = [["['x', 'y']", "z"], ["u"], [None, "v"]]
    table = read(pl.DataFrame({"image": ["a", "b", "c"], "tags": lists}))
    assert table.tags.rows() == [(0, "x"), (0, "y"), (0, "z"), (1, "u"), (2, "v")]
    assert "1 element of 'tags' read as a list written as text: ['x', 'y']" in table.notes
    assert "1 element of the lists of 'tags' is empty, and not a tag" in table.notes
    shares = pl.Series([[0.5, 1.0], [0.25], [1.0, 1.0]])
    weighted = read(pl.DataFrame({"image": ["a", "b", "c"], "tags": lists, "scores": shares}))
    assert weighted.tags.rows()[:3] == [(0, "x", 0.5), (0, "y", 0.5), (0, "z", 1.0)]


def test_lists_of_one_text_of_several_tags_are_told() -> None:
    table = read(pl.DataFrame({"image": ["a", "b"], "tags": [["x, y"], ["y, z"]]}))
    assert any("2 lists of 'tags' hold one text with ','" in note for note in table.notes)


def test_a_second_column_of_tags_is_told() -> None:
    frame = pl.DataFrame({"image": ["a"], "tags": ["x"], "labels": ["y"]})
    assert read(frame).notes == ("tags are read from 'tags'; also there, and left alone: 'labels'",)
    assert read(frame, tag_column="labels").notes == ()


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        ({"image": [], "tags": []}, "t has no rows"),
        ({"x": ["a"], "tags": ["b"]}, "t: no column is recognised as the image; .* 'x', 'tags'"),
        ({"image": ["a"], "x": ["b"]}, "t: no column is recognised as the tags; .* 'image', 'x'"),
        ({"image": ["a", None], "tags": ["b", "c"]}, "t: row 2: no image in column 'image'"),
        ({"image": ["a", " "], "tags": ["b", "c"]}, "t: row 2: no image in column 'image'"),
        ({"image": [0.5], "tags": ["b"]}, "'image' holds numbers; expected image ids"),
        ({"image": ["a"], "tags": [3]}, "'tags' holds whole numbers; expected text"),
        ({"image": ["a"], "tags": [[3]]}, "'tags' holds lists of whole numbers"),
    ],
)
def test_what_does_not_fit_is_said(frame: dict[str, list[object]], message: str) -> None:
    with pytest.raises(DataError, match=message):
        read(pl.DataFrame(frame))


def test_one_column_cannot_be_both() -> None:
    with pytest.raises(DataError, match="'tags' is given for the tags and for the image"):
        read(pl.DataFrame({"image": ["a"], "tags": ["b"]}), image_column="tags")


def test_an_empty_picture_column_leaves_the_id_as_the_path() -> None:
    nothing = pl.Series([None, None], dtype=pl.Struct({"bytes": pl.Binary, "path": pl.String}))
    frame = pl.DataFrame({"image": nothing, "id": ["a", "b"], "tags": [["x"], ["y"]]})
    for options in ({}, {"image_column": "image"}):
        table = read(frame, **options)
        assert table.picture_bytes is None
        assert table.paths is not None
        assert table.paths.to_list() == ["a", "b"]
