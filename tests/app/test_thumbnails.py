"""Small copies of pictures."""

from io import BytesIO

import pytest
from PIL import Image

from labelsphere.app.thumbnails import check_size, thumbnail
from labelsphere.errors import DataError


def encoded(image: Image.Image, form: str = "PNG", **options: object) -> bytes:
    out = BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


def test_the_longer_side_is_bounded_and_the_aspect_kept() -> None:
    data = encoded(Image.new("RGB", (400, 100), "navy"))
    small = Image.open(BytesIO(thumbnail(data, 64, max_pixels=10**6)))
    assert (small.format, small.size) == ("JPEG", (64, 16))
    whole = Image.open(BytesIO(thumbnail(data, 1000, max_pixels=10**6)))
    assert whole.size == (400, 100)


def test_what_is_clear_becomes_white() -> None:
    data = encoded(Image.new("RGBA", (8, 8), (0, 0, 0, 0)))
    small = Image.open(BytesIO(thumbnail(data, 8, max_pixels=64)))
    assert min(small.getpixel((4, 4))) > 250  # type: ignore[type-var, arg-type]


def test_a_picture_that_lies_on_its_side_is_turned() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # To be turned by a quarter.
    data = encoded(Image.new("RGB", (40, 20)), "JPEG", exif=exif)
    assert Image.open(BytesIO(thumbnail(data, 40, max_pixels=800))).size == (20, 40)


def test_pixels_are_bounded_exactly() -> None:
    data = encoded(Image.new("1", (30, 20)))
    check_size(data, 600)
    with pytest.raises(DataError, match="30 × 20 pixels; expected 599"):
        check_size(data, 599)
    with pytest.raises(DataError, match="30 × 20"):
        thumbnail(data, 8, max_pixels=599)


@pytest.mark.parametrize("data", [b"", b"no picture", b"\x89PNG\r\n\x1a\n\0\0"])
def test_no_picture(data: bytes) -> None:
    with pytest.raises(DataError, match="cannot be read as a picture"):
        thumbnail(data, 8, max_pixels=64)


def test_a_picture_that_is_cut_short() -> None:
    data = encoded(Image.effect_noise((64, 64), 50))
    with pytest.raises(DataError, match="cannot be read as a picture"):
        thumbnail(data[: len(data) // 2], 8, max_pixels=10**6)
