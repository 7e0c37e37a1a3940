import subprocess
import sys
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from labelsphere.annotations.picture_check import picture_fault
from labelsphere.annotations.picture_formats import (
    endings_of_extras,
    open_picture,
    picture_endings,
    picture_formats,
)
from labelsphere.errors import DataError
from labelsphere.tagger.inputs.decoding import decode_picture

PIXELS = np.random.default_rng(0).integers(0, 256, (16, 16, 3), np.uint8)

# Formats that Pillow both writes and reads, by the ending of a file.
WRITABLE = [
    "avif", "bmp", "dds", "dib", "gif", "heic", "icns", "ico", "jfif", "jp2", "jpe", "jpeg",
    "jpg", "mpo", "msp", "pcx", "pbm", "pgm", "png", "ppm", "qoi", "sgi", "tga", "tif", "tiff",
    "webp", "xbm",
]  # fmt: skip


def encoded(ending: str) -> bytes:
    image = Image.fromarray(PIXELS)
    if ending in ("msp", "xbm", "pbm"):
        image = image.convert("1")
    picture_formats()
    file = BytesIO()
    image.save(file, Image.registered_extensions()[f".{ending}"])
    return file.getvalue()


@pytest.mark.parametrize("ending", WRITABLE)
def test_every_format_listed_is_checked_and_decoded_alike(ending: str) -> None:
    assert f".{ending}" in picture_endings()
    data = encoded(ending)
    assert picture_fault(data) is None
    assert decode_picture(data, 8).shape == (8, 8, 3)


@pytest.mark.parametrize("ending", [".eps", ".ps", ".pdf", ".mpg", ".h5", ".wmf", ".txt", ".svg"])
def test_what_starts_programs_or_cannot_be_decoded_is_not_listed(ending: str) -> None:
    assert ending not in picture_endings()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", r"empty \(0 bytes\)"),
        (b"version https://git-lfs.github.com/spec/v1\noid", "Git LFS pointer"),
        (b"<!DOCTYPE html><html>404</html>", "an HTML page"),
        (b"\n<html>", "an HTML page"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "SVG is not read"),
        (b"<?xml version='1.0'?>\n<!-- x -->\n<svg/>", "SVG is not read"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n", "EPS is not read"),
        (b"%PDF-1.7", "PDF is not read"),
        (b"\0\0\0\x18ftypisom\0\0\0\0", "a video"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "damaged HEIC"),
        (b"\xff\x0a\0\0", "JPEG XL is not read"),
        (b"no picture at all", "cannot identify image file"),
    ],
)
def test_what_is_no_picture_is_told_alike_by_check_and_decoding(data: bytes, message: str) -> None:
    fault = picture_fault(data)
    assert fault is not None
    with pytest.raises(DataError, match=message) as raised:
        decode_picture(data, 8, name="x")
    assert fault in str(raised.value)


def test_heic_without_its_extra_names_the_extra() -> None:
    assert endings_of_extras() == {}
    code = """
import sys
sys.modules["pillow_heif"] = None
from labelsphere.annotations.picture_check import picture_fault
from labelsphere.annotations.picture_formats import endings_of_extras, picture_endings
print(picture_fault(bytes.fromhex(sys.argv[1])))
print(".heic" in picture_endings(), ".heic" in endings_of_extras())
"""
    found = subprocess.run(
        [sys.executable, "-c", code, encoded("heic").hex()],
        capture_output=True,
        text=True,
        check=True,
    )
    fault, listed = found.stdout.splitlines()
    assert fault.endswith("pip install 'labelsphere[formats]'")
    assert listed == "False True"


def test_pixels_are_those_of_pillow() -> None:
    assert np.array_equal(np.asarray(open_picture(encoded("png"))), PIXELS)
