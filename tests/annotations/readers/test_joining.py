import polars as pl
from polars.testing import assert_frame_equal

from labelsphere.annotations.readers.joining import join_rows
from labelsphere.annotations.readers.raw import RawTable


def test_rows_of_an_image_become_one() -> None:
    ids = pl.Series(["b", "a", "b", "c", "a"])
    joined = join_rows(
        RawTable(
            image_ids=ids,
            tags=pl.DataFrame({"row": [0, 1, 2, 4], "tag": ["x", "x", "y", "z"]}),
            rows=5,
            columns=pl.DataFrame(
                {
                    "split": ["train", None, "train", "test", None],
                    "source": ["man", "man", "machine", "man", "man"],
                }
            ),
            paths=ids + ".png",
            picture_bytes=ids.cast(pl.Binary),
            notes=("before",),
        )
    )
    assert joined.image_ids.to_list() == ["b", "a", "c"]
    assert joined.tags.rows() == [(0, "x"), (1, "x"), (0, "y"), (1, "z")]
    assert_frame_equal(joined.columns, pl.DataFrame({"split": ["train", None, "test"]}))
    assert joined.paths is not None
    assert joined.paths.to_list() == ["b.png", "a.png", "c.png"]
    assert joined.picture_bytes is not None
    assert joined.picture_bytes.to_list() == [b"b", b"a", b"c"]
    assert joined.rows == 5
    assert joined.notes == (
        "before",
        "columns that differ from tag to tag of an image left out: 'source'",
    )


def test_no_further_columns_are_no_columns() -> None:
    tags = pl.DataFrame({"row": [0, 1], "tag": ["x", "y"]})
    joined = join_rows(RawTable(pl.Series(["a", "a"]), tags, rows=2))
    assert joined.columns.width == 0
    assert joined.notes == ()
