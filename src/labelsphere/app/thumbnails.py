"""Thumbnails for the page."""

from io import BytesIO

from PIL import Image, ImageOps

from labelsphere.annotations.picture_formats import fault_in, open_picture
from labelsphere.errors import DataError


def check_size(data: bytes, most: int) -> None:
    """Refuse a picture with too many pixels by its header, before decoding it.

    Raises:
        DataError: If it has too many pixels, or is not a picture.
    """
    try:
        with open_picture(data) as image:
            width, height = image.size
    # On damaged files, Pillow's parsers raise almost any exception.
    except Exception as error:
        raise DataError(
            f"the file cannot be read as a picture ({fault_in(data, error)})"
        ) from error
    if width * height > most:
        raise DataError(
            f"the picture has {width:,} × {height:,} pixels; expected {most:,} in all at most"
        )


def thumbnail(data: bytes, side: int, *, max_pixels: int) -> bytes:
    """Make an upright JPEG of a picture, on white.

    Args:
        data: The encoded picture.
        side: Largest side of the thumbnail, in pixels.
        max_pixels: Largest picture to decode, in pixels.

    Raises:
        DataError: If it is larger, or not a picture.
    """
    check_size(data, max_pixels)
    try:
        with open_picture(data) as image:
            image.draft("RGB", (side, side))
            upright = ImageOps.exif_transpose(image).convert("RGBA")
    except (OSError, ValueError, SyntaxError) as error:
        raise DataError(
            f"the file cannot be read as a picture ({fault_in(data, error)})"
        ) from error
    upright.thumbnail((side, side))
    white = Image.new("RGBA", upright.size, "white")
    out = BytesIO()
    Image.alpha_composite(white, upright).convert("RGB").save(out, "JPEG", quality=85)
    return out.getvalue()
