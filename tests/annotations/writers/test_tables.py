from pathlib import Path

import pytest

from labelsphere.annotations import Annotations
from labelsphere.errors import DataError


@pytest.mark.parametrize("name", [" a.jpg", "a.jpg ", "\ta.jpg"])
def test_names_that_a_line_of_csv_does_not_keep_are_refused(tmp_path: Path, name: str) -> None:
    tags = Annotations.from_lists([["sky"]], image_ids=[name])
    with pytest.raises(DataError, match="begins or ends with a blank"):
        tags.write(tmp_path / "t.csv")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("ending", ["csv", "jsonl", "parquet"])
def test_each_ending_has_its_format(tmp_path: Path, ending: str) -> None:
    tags = Annotations.from_lists([["sky", "sea"], []], image_ids=["a.jpg", "b.jpg"])
    path = tmp_path / f"t.{ending}"
    tags.write(path)
    start = {"csv": b"image,tags", "jsonl": b'{"image": "a.jpg", "tags": ["s', "parquet": b"PAR1"}
    assert path.read_bytes().startswith(start[ending])
    again = Annotations.read(path)
    assert [again.tags_of(row) for row in range(2)] == [["sea", "sky"], []]
    # The format may be named, whatever the ending.
    tags.write(tmp_path / "other", format=ending)
    assert (tmp_path / "other").read_bytes() == path.read_bytes()
