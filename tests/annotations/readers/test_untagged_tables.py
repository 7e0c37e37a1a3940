import polars as pl
import pytest

from labelsphere.annotations.readers.untagged_tables import mark_columns, missing_tags_hint


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"a.jpg": ["b.jpg"], "sky": ["sea"]}, "column names are missing"),
        ({"photos/A.PNG": ["b"], "sky": ["sea"]}, "column names are missing"),
        ({"a.webp ": ["b"], "x": ["y"]}, "column names are missing"),
        ({"image": ["a"], "sky": ["1"], "sea": ["0"]}, "2 columns hold only marks such as 0 and 1"),
        ({"file": ["a", "b"], "sky": [1, 0], "sea": [-1, 1]}, "one-hot table"),
        ({"image_id": [1], "category_id": [3], "score": [0.5]}, "numbers the tags, as COCO's res"),
        ({"id": ["a"], "tag1": ["x"], "tag2": ["y"]}, "the tags are over 2 columns"),
        ({"0001": ["0002"], "sky": ["sea"]}, "column names seem to be missing"),
        ({"id": ["a", "b"], "sky": ["x", None], "sea": ["", "X"]}, "one-hot table"),
        ({"path": ["a"], "sky": [True], "sea": [False]}, "one-hot table"),
        ({"id": ["a"], "sky": ["1.0"], "sea": [""], "sun": ["0.0"]}, "one-hot table"),
        ({"ImageID": ["1"], "OriginalURL": ["u"], "Rotation": ["0.0"]}, "Open Images' list of im"),
        ({"id": [1], "tag_string": ["a b"]}, "the tags are in 'tag_string'"),
        ({"image": ["a"], "caption": ["a cat"]}, None),
        ({"image": ["a"], "width": [3], "sky": [1]}, None),
        ({"image": ["a"], "sky": [None], "sea": [None]}, None),
    ],
)
def test_tables_without_tags_are_told_apart(
    columns: dict[str, list[object]], message: str | None
) -> None:
    found = missing_tags_hint(pl.DataFrame(columns))
    assert (found is None) if message is None else (found is not None and message in found)


def test_the_image_is_no_mark() -> None:
    frame = pl.DataFrame({"id": ["0", "1"], "sky": ["1", "0"], "note": ["1", "2"]})
    assert mark_columns(frame) == ["sky"]
