"""From encoded bytes to pixels: always RGB on white, always upright, always square."""

import math
from contextlib import suppress

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from labelsphere.annotations.picture_formats import fault_in, open_picture
from labelsphere.annotations.pictures import Pictures
from labelsphere.errors import DataError

# Shrinking first averages whole pixels, down to this multiple of the size wanted, and then
# filters: much faster for large pictures, and hardly to be told from filtering alone.
_REDUCING_GAP = 2.0


def read_square(pictures: Pictures, row: int, size: int, fit: str) -> NDArray[np.uint8]:
    """Read one of some pictures, and `decode` it.

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
    """Decode a picture, turn it upright, lay it on white and bring it to a square.

    Args:
        data: A picture of a format in `picture_formats`; of several frames the first counts.
        size: Side of the square in pixels.
        fit: ``"pad"`` keeps the aspect and fills up with white, ``"crop"`` keeps the aspect and
            the middle, ``"stretch"`` gives up the aspect.
        name: What to call the picture in a message.

    Returns:
        Uint8, (size, size, 3), RGB.

    Raises:
        DataError: If the bytes are empty, cut short or no picture, or the picture is so large
            that Pillow takes it for an attack.
    """
    if not data:
        raise DataError(f"{name} is empty (0 bytes); expected an image: replace or remove it")
    try:
        with open_picture(data) as image:
            return np.array(FITS[fit](_upright_on_white(image, size, fit), size).convert("RGB"))
    # Damaged files make Pillow's parsers raise almost anything, SyntaxError included.
    except Exception as error:
        raise DataError(
            f"{name} cannot be decoded as an image ({fault_in(data, error)}): replace or remove it"
        ) from error


def _upright_on_white(image: Image.Image, size: int, fit: str) -> Image.Image:
    """The picture in RGB or grey, upright by its EXIF orientation, white where it is clear."""
    side = max(image.size) if fit == "pad" else min(image.size)
    scale = _REDUCING_GAP * size / side
    # JPEG can be decoded straight to a half, quarter or eighth; other formats ignore this.
    image.draft(None, (math.ceil(image.width * scale), math.ceil(image.height * scale)))
    image.load()
    # Damaged EXIF does not spoil the pixels: they stay as they lie.
    with suppress(Exception):
        ImageOps.exif_transpose(image, in_place=True)
    if image.mode.startswith("I"):
        # Pillow opens 16-bit grey as one of several modes of 16 or 32 bits.
        grey = np.asarray(image).clip(0, 65535) >> 8
        return Image.fromarray(grey.astype(np.uint8))
    if image.has_transparency_data:
        white = Image.new("RGBA", image.size, "white")
        return Image.alpha_composite(white, image.convert("RGBA")).convert("RGB")
    # Grey is brought to size as one channel, not three.
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
