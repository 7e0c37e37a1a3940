import io
from collections import Counter

import polars as pl
import pytest
from PIL import Image

from labelsphere.datasets import icons_path, read_icons

WEIGHTS = ("bold", "duotone", "fill", "light", "thin")


@pytest.fixture(scope="module")
def table() -> pl.DataFrame:
    return pl.read_parquet(icons_path())


def test_table_is_small_and_complete(table):
    assert table.height == 23_870
    assert icons_path().stat().st_size < 15e6
    assert table["id"].is_unique().all()
    assert table.null_count().sum_horizontal().item() == 0


def test_one_drawing_per_icon_and_every_split(table):
    assert table["base_id"].is_unique().all()
    for split in ("split", "split_strict"):
        sizes = Counter(table[split])
        assert set(sizes) == {"train", "val", "test"}
        assert 0.75 < sizes["train"] / table.height < 0.85


def test_thousands_of_tags_can_be_learnt(table):
    def tags(split: str) -> Counter[str]:
        return Counter(table.filter(pl.col("split") == split)["labels"].explode())

    train, test = tags("train"), tags("test")
    assert len(train) == 3344
    assert sum(count >= 5 for count in train.values()) == 3328
    assert set(test) <= set(train)


def test_pictures_are_64_pixels_on_white_and_not_blank(table):
    for picture in table["image"].gather_every(97):
        with Image.open(io.BytesIO(picture["bytes"])) as image:
            assert image.size == (64, 64)
            assert image.mode in {"L", "P", "RGB"}
            darkest, brightest = image.convert("L").getextrema()
            assert darkest < 250
            assert brightest > darkest


def test_choice_of_drawing_mixes_styles(table):
    phosphor = table.filter(pl.col("source") == "phosphor")["id"].str.split("/").list.last()
    weights = Counter(
        next((w for w in WEIGHTS if name.endswith(w)), "regular") for name in phosphor
    )
    assert min(weights.values()) > len(phosphor) / 10


def test_attribution_names_every_package_and_count(table):
    text = (icons_path().parent / "ATTRIBUTION.md").read_text(encoding="utf-8")
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in text.splitlines()
        if line.startswith("| ")
    ][1:]
    written = {row[0]: (row[1], row[2], int(row[3].replace(",", ""))) for row in rows}
    counted = table.group_by("source", "package", "licence").len()
    assert set(written) == set(counted["source"])
    for source, package, licence, count in counted.iter_rows():
        name, version = package.replace("=", "@", 1).rsplit("@", 1)
        assert written[source][0] == f"{name} {version}"
        assert written[source][2] == count
        if source != "openclipart":
            assert written[source][1] == licence.strip("()")


def test_every_source_but_one_has_its_licence_text(table):
    texts = {path.stem for path in (icons_path().parent / "licences").glob("*.txt")}
    assert texts == set(table["source"]) - {"aksel"}


def test_read_icons_agrees_with_the_table(table):
    icons = read_icons()
    assert icons.n_images == table.height
    assert icons.n_labels == 3344
    row = icons.image_ids.index(table["id"][1234])
    assert sorted(icons.tags_of(row)) == sorted(table["labels"][1234])
    assert icons.pictures is not None
    assert icons.pictures.read(row) == table["image"][1234]["bytes"]
    assert icons.column("split")[row] == table["split"][1234]
