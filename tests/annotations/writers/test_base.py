"""What every writer of a folder does with names and pictures."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from PIL import Image

from labelsphere.annotations import Annotations, PictureBytes, PictureFiles
from labelsphere.annotations.writers import WRITERS
from labelsphere.annotations.writers.base import copy_pictures, shortest
from labelsphere.errors import DataError, UsageError

MakeTags = Callable[..., Annotations]


@pytest.mark.parametrize("name", [name for name in WRITERS if not WRITERS[name].ending])
def test_pictures_are_copied_where_it_is_asked(
    tmp_path: Path, name: str, make_tags: MakeTags
) -> None:
    ids = make_tags().image_ids
    for image in ids[:3]:
        (tmp_path / "in" / image).parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (3, 2)).save(tmp_path / "in" / image)
    pictures = PictureFiles([tmp_path / "in" / image for image in ids])
    notes = replace(make_tags(), pictures=pictures).write(
        tmp_path / "out", format=name, pictures=True
    )
    copied = sorted(path.name for path in (tmp_path / "out").rglob("*.jpg"))
    assert copied == ["a.jpg", "b.jpg", "c d.jpg"]
    assert "1 picture missing, and not copied" in notes
    # The pictures that are there are found by what is written.
    if name in ("fiftyone", "imagefolder"):
        found = Annotations.read(tmp_path / "out").pictures
        assert found is not None
        there = [row for row in range(4) if Path(found.name(row)).is_file()]
        assert len(there) == 3
    with pytest.raises(UsageError, match="pictures can be copied into a folder only"):
        make_tags().write(tmp_path / "t.csv", pictures=True)


@pytest.mark.parametrize("name", ["fiftyone", "label-studio", "cvat", "imagefolder"])
@pytest.mark.parametrize(
    ("ids", "message"),
    [(["a.jpg", "a.jpg"], "both called 'a.jpg'"), (["/", "b.jpg"], "gives no name to a file")],
)
def test_names_that_do_not_do_are_refused(
    tmp_path: Path, name: str, ids: list[str], message: str
) -> None:
    found = Annotations.from_lists([["x"], ["y"]], image_ids=ids)
    with pytest.raises(DataError, match=message):
        found.write(tmp_path / "out", format=name)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("name", [name for name in WRITERS if not WRITERS[name].ending])
def test_nothing_is_written_outside(tmp_path: Path, name: str) -> None:
    ids = ["../../x.jpg", "/etc/y.jpg", "C:\\photos\\z.jpg"]
    (tmp_path / "p.jpg").write_bytes(b"picture")
    found = Annotations.from_lists([["x"]] * 3, image_ids=ids)
    with_pictures = replace(found, pictures=PictureFiles([tmp_path / "p.jpg"] * 3))
    with_pictures.write(tmp_path / "in/out", format=name, pictures=True)
    outside = [path for path in tmp_path.rglob("*.jpg") if "out" not in path.parts]
    assert outside == [tmp_path / "p.jpg"]
    assert len(list((tmp_path / "in/out").rglob("*.jpg"))) == 3


@pytest.mark.parametrize("text", ["0.3", "0.1", "1e-05", "0.9999999", "1.0", "0.33333334"])
def test_a_float32_is_its_shortest_decimal(text: str) -> None:
    assert shortest(np.float32(text)) == float(text)
    assert np.float32(shortest(np.float32(text))) == np.float32(text)


def test_stored_pictures_are_copied_byte_by_byte(tmp_path: Path) -> None:
    stored = PictureBytes(pl.Series([b"one", b"two"], dtype=pl.Binary), ["x", "y"])
    assert copy_pictures(stored, ["d/x.jpg", "y.jpg"], tmp_path) == []
    assert (tmp_path / "d/x.jpg").read_bytes() == b"one"
    assert (tmp_path / "y.jpg").read_bytes() == b"two"
