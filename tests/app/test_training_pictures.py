"""Pictures of the training near a point, against all of them compared one by one."""

from io import BytesIO
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from PIL import Image

import labelsphere as ls
from labelsphere.app.training_pictures import TrainingPictures
from labelsphere.errors import DataError, UsageError

SETS = [["red", "warm"], ["green", "plant"], ["blue", "sky"], ["red", "plant", "rose"], []]


@pytest.fixture
def space() -> ls.LabelSpace:
    return ls.LabelSpace.fit(
        ls.Annotations.from_lists([SETS[n % 4] for n in range(40)]), method="smoothed"
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    where = tmp_path / "tagged"
    where.mkdir()
    for number, tags in enumerate(SETS):
        Image.new("RGB", (10 + number, 10)).save(where / f"{number}.png")
        if tags:
            (where / f"{number}.txt").write_text(", ".join(tags))
    return where


def test_the_nearest_are_those_whose_tags_are_nearest(space: ls.LabelSpace, folder: Path) -> None:
    shown = TrainingPictures(folder, max_pixels=1000)
    points = np.random.default_rng(0).standard_normal((6, space.dim)).astype(np.float32)
    points /= np.linalg.norm(points, axis=1, keepdims=True)
    for point, found in zip(points, shown.nearest(points, space, 4), strict=True):
        cosines = {}
        for tags in SETS[:4]:
            total = np.sum([space.vectors[space.vocabulary.index(tag)] for tag in tags], axis=0)
            cosines[frozenset(tags)] = float(point @ total / np.linalg.norm(total))
        assert {frozenset(image.labels): image.proximity for image in found} == pytest.approx(
            cosines, abs=1e-5
        )
        proximities = [image.proximity for image in found]
        assert proximities == sorted(proximities, reverse=True)
        for image in found:
            assert image.number is not None
            # The pictures differ in width, which tells them apart.
            size = Image.open(BytesIO(shown.picture(image.number))).size
            assert set(SETS[size[0] - 10]) == set(image.labels)


def test_pictures_of_the_training_alone(space: ls.LabelSpace, tmp_path: Path) -> None:
    data = []
    for number in range(4):
        out = BytesIO()
        Image.new("RGB", (10 + number, 10)).save(out, "PNG")
        data.append({"bytes": out.getvalue(), "path": None})
    table = pl.DataFrame(
        {
            "image": data,
            "id": list("abcd"),
            "labels": SETS[:4],
            "split": ["train", "test", "train", "val"],
        }
    )
    table.write_parquet(tmp_path / "table.parquet")
    shown = TrainingPictures(tmp_path / "table.parquet", max_pixels=1000)
    points = np.eye(space.dim, dtype=np.float32)[:1]
    found = shown.nearest(points, space, 9)[0]
    assert {frozenset(image.labels) for image in found} == {
        frozenset(SETS[0]),
        frozenset(SETS[2]),
    }


def test_a_space_without_any_of_the_tags(folder: Path) -> None:
    other = ls.LabelSpace.fit(
        ls.Annotations.from_lists([["a", "b"], ["b", "c"], ["a", "c"]] * 5), method="smoothed"
    )
    shown = TrainingPictures(folder, max_pixels=1000)
    assert shown.nearest(np.eye(other.dim, dtype=np.float32)[:2], other, 3) == [[], []]


def test_pictures_by_number(folder: Path) -> None:
    shown = TrainingPictures(folder, max_pixels=120)
    with pytest.raises(UsageError, match="expected 0 to 4"):
        shown.picture(5)
    with pytest.raises(UsageError, match="expected 0 to 4"):
        shown.picture(-1)
    with pytest.raises(DataError, match="pixels"):
        shown.picture(4)  # 14 × 10 of 120 allowed


def test_a_table_without_pictures(tmp_path: Path) -> None:
    (tmp_path / "tags.csv").write_text("image,tags\na.jpg,red\n")
    with pytest.raises(DataError):
        TrainingPictures(tmp_path / "tags.csv", max_pixels=100).picture(0)
