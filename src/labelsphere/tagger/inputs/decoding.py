"""Decoding of pictures to upright RGB squares on white."""

import math
from contextlib import suppress

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from labelsphere.annotations.picture_formats import fault_in, open_picture
from labelsphere.annotations.pictures import Pictures
from labelsphere.errors import DataError

# Shrinking first averages blocks of pixels, down to this multiple of the wanted size, and then
# filters. That is much faster for large pictures and almost equal to filtering alone.
_REDUCING_GAP = 2.0


def read_square(pictures: Pictures, row: int, size: int, fit: str) -> NDArray[np.uint8]:
    """Read a picture by row, and decode it.

    Raises:
        DataError: If it cannot be read or decoded.
    """
    name = pictures.name(row)
    try:
        data = pictures.read(row)
    except OSError as error:
        reason = error.strerror or str(error)
        raise DataError(f"{name} cannot be read ({reason}): replace or remove it") from error
    return decode_picture(data, size, fit, name)


def decode_picture(
    data: bytes, size: int, fit: str = "pad", name: str = "the picture"
) -> NDArray[np.uint8]:
    """Decode a picture, rotate it upright, put it on white and make it square.

    Args:
        data: A picture in a format of `picture_formats`. Of several frames, the first is used.
        size: Side of the square in pixels.
        fit: ``"pad"`` keeps the aspect ratio and adds white margins, ``"crop"`` keeps the aspect
            ratio and the centre, ``"stretch"`` changes the aspect ratio.
        name: Name of the picture in messages.

    Returns:
        Uint8, (size, size, 3), RGB.

    Raises:
        DataError: If the bytes are empty, truncated or not a picture, or the picture exceeds
            Pillow's limit on pixels.
    """
    if not data:
        raise DataError(f"{name} is empty (0 bytes); expected an image: replace or remove it")
    try:
        with open_picture(data) as image:
            return np.array(FITS[fit](_upright_on_white(image, size, fit), size).convert("RGB"))
    # On damaged files, Pillow's parsers raise almost any exception, even SyntaxError.
    except Exception as error:
        raise DataError(
            f"{name} cannot be decoded as an image ({fault_in(data, error)}): replace or remove it"
        ) from error


def _upright_on_white(image: Image.Image, size: int, fit: str) -> Image.Image:
    """Convert to RGB or grey, rotate by EXIF orientation, and put transparency on white."""
    side = max(image.size) if fit == "pad" else min(image.size)
    scale = _REDUCING_GAP * size / side
    # JPEG can be decoded directly at a half, quarter or eighth; other formats ignore this.
    image.draft(None, (math.ceil(image.width * scale), math.ceil(image.height * scale)))
    image.load()
    # With damaged EXIF data, the pixels are used without rotation.
    with suppress(Exception):
        ImageOps.exif_transpose(image, in_place=True)
    if image.mode.startswith("I"):
        # Pillow opens 16-bit grey in one of several modes of 16 or 32 bits.
        grey = np.asarray(image).clip(0, 65535) >> 8
        return Image.fromarray(grey.astype(np.uint8))
    if image.has_transparency_data:
        white = Image.new("RGBA", image.size, "white")
        return Image.alpha_composite(white, image.convert("RGBA")).convert("RGB")
    # Grey is resized as one channel, not three.
    return image if image.mode == "L" else image.convert("RGB")


def _pad(image: Image.Image, size: int) -> Image.Image:
    scale = size / max(image.size)
    width, height = (max(1, round(side * scale)) for side in image.size)
    square = Image.new("RGB", (size, size), "white")
    inner = image.resize((width, height), Image.Resampling.BICUBIC, reducing_gap=_REDUCING_GAP)
    square.paste(inner, ((size - width) // 2, (size - height) // 2))
    return square


def _crop(image: Image.Image, size: int) -> Image.Image:
    side = min(image.size)
    left, top = (image.width - side) / 2, (image.height - side) / 2
    return image.resize(
        (size, size),
        Image.Resampling.BICUBIC,
        box=(left, top, left + side, top + side),
        reducing_gap=_REDUCING_GAP,
    )


def _stretch(image: Image.Image, size: int) -> Image.Image:
    return image.resize((size, size), Image.Resampling.BICUBIC, reducing_gap=_REDUCING_GAP)


FITS = {"pad": _pad, "crop": _crop, "stretch": _stretch}
