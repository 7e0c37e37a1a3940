from io import BytesIO
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from PIL import Image

from labelsphere.annotations import PictureBytes, PictureFiles
from labelsphere.annotations.picture_check import (
    CHUNK,
    MISSING_PICTURE,
    picture_fault,
    picture_faults,
)


def encoded(kind: str, side: int = 64) -> bytes:
    noise = np.random.default_rng(0).integers(0, 256, (side, side, 3), np.uint8)
    file = BytesIO()
    Image.fromarray(noise).save(file, kind)
    return file.getvalue()


KINDS = ["PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF"]


@pytest.mark.parametrize("kind", KINDS)
def test_whole_pictures_have_no_fault(kind: str) -> None:
    assert picture_fault(encoded(kind)) is None


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("part", [0.1, 0.5, 0.9])
def test_pictures_cut_short_have_one(kind: str, part: float) -> None:
    data = encoded(kind)
    assert picture_fault(data[: int(len(data) * part)])


def test_a_flipped_bit_in_a_png_is_found() -> None:
    data = bytearray(encoded("PNG"))
    data[len(data) // 2] ^= 1
    assert picture_fault(bytes(data))


def test_faults_are_a_few_words() -> None:
    assert picture_fault(b"") == "empty (0 bytes)"
    assert picture_fault(b"no picture at all") == "cannot identify image file"


def test_every_picture_is_looked_at(tmp_path: Path) -> None:
    good = encoded("PNG", 2)
    stored = [good] * (2 * CHUNK + 3)
    stored[1] = b""
    stored[-1] = good[:-20]
    seen: list[tuple[int, int]] = []
    names = [str(row) for row in range(len(stored))]
    faults = picture_faults(
        PictureBytes(pl.Series(stored), names), lambda done, total: seen.append((done, total))
    )
    assert sorted(faults) == [1, len(stored) - 1]
    total = len(stored)
    assert seen == [(CHUNK, total), (2 * CHUNK, total), (total, total)]


def test_missing_files_are_told_from_unreadable_ones(tmp_path: Path) -> None:
    (tmp_path / "good.png").write_bytes(encoded("PNG", 2))
    (tmp_path / "text.png").write_text("no picture")
    (tmp_path / "folder").mkdir()
    names = ["good.png", "text.png", "none.png", "folder", "good.png/none.png"]
    faults = picture_faults(PictureFiles([tmp_path / name for name in names]))
    assert sorted(faults) == [1, 2, 3, 4]
    assert [faults[row] for row in (2, 3, 4)] == [MISSING_PICTURE] * 3
    assert faults[1] != MISSING_PICTURE


def test_a_huge_picture_is_no_fault_and_no_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 3000)
    data = encoded("PNG")
    with pytest.warns(Image.DecompressionBombWarning):
        Image.open(BytesIO(data))
    assert picture_faults(PictureBytes(pl.Series([data]), ["huge"])) == {}
