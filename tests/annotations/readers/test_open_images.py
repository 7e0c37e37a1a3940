from pathlib import Path

import pytest

from labelsphere.annotations.readers.open_images import looks_like_open_images, read_open_images
from labelsphere.annotations.readers.raw import ReadOptions
from labelsphere.errors import DataError

HEADER = "ImageID,Source,LabelName,Confidence\n"


def test_labels_come_with_their_confidence(tmp_path: Path) -> None:
    file = tmp_path / "train.csv"
    file.write_text(
        HEADER + "0a,verification,/m/01,1\n0b,verification,/m/02,0\n0a,machine,/m/03,0.7\n"
    )
    assert looks_like_open_images(file)
    table = read_open_images(file, ReadOptions())
    assert table.image_ids.to_list() == ["0a", "0b"]
    assert table.tags.rows() == [(0, "/m/01", 1.0), (1, "/m/02", 0.0), (0, "/m/03", 0.7)]
    assert table.columns.width == 0


def test_other_tables_are_told_apart(tmp_path: Path) -> None:
    file = tmp_path / "tags.csv"
    file.write_text("image,tags\na,b\n")
    assert not looks_like_open_images(file)
    with pytest.raises(DataError, match="no column 'ImageID'; the columns are: image, tags"):
        read_open_images(file, ReadOptions())


def test_a_confidence_must_be_a_number(tmp_path: Path) -> None:
    file = tmp_path / "train.csv"
    file.write_text(HEADER + "0a,verification,/m/01,yes\n")
    with pytest.raises(DataError, match="line 2: 'Confidence' is 'yes'; expected a number"):
        read_open_images(file, ReadOptions())
