"""Drawings to pictures: 96 × 96 pixels, the aspect kept, centred on white."""

import io

import numpy as np
import resvg_py
from numpy.typing import NDArray
from PIL import Image, ImageChops

SIDE = 96
_LARGE = 384
_MARGIN = 2
_LIGHTEST_INK = 8
"""How far below white, of 255, a picture's darkest pixel must be for it not to be blank."""


def draw(svg: str, *, cropped: bool = False) -> Image.Image | None:
    """A picture of a drawing; None where it is blank or cannot be drawn.

    Args:
        svg: The drawing. Text is left out: it would look otherwise on every machine.
        cropped: Whether margins are cut off first.

    Returns:
        Mode L where all pixels are grey, else RGB.
    """
    try:
        picture = _rendered(svg, _LARGE if cropped else SIDE)
    except ValueError:
        return None
    ink = ImageChops.invert(picture).getbbox()
    if ink is None:
        return None
    if cropped:
        # Enlarged as a drawing, not as a picture, where much of it was margin.
        wanted = (SIDE - 2 * _MARGIN) / max(ink[2] - ink[0], ink[3] - ink[1])
        picture = _rendered(svg, round(_LARGE * max(1.0, wanted)))
        picture = picture.crop(ImageChops.invert(picture).getbbox())
        picture.thumbnail((SIDE - 2 * _MARGIN,) * 2, Image.Resampling.LANCZOS)
    centred = Image.new("RGB", (SIDE, SIDE), "white")
    centred.paste(picture, ((SIDE - picture.width) // 2, (SIDE - picture.height) // 2))
    channels = np.asarray(centred)
    if channels.min() > 255 - _LIGHTEST_INK:
        return None
    return centred.convert("L") if (channels == channels[..., :1]).all() else centred


def encoded(picture: Image.Image) -> bytes:
    """The picture as PNG."""
    buffer = io.BytesIO()
    picture.save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def thumbnail(picture: Image.Image, side: int = 24) -> NDArray[np.float32]:
    """What of a picture is compared: its ink, cropped, ``side`` × ``side``, flattened.

    Returns:
        (side²,) float32 with mean 0 and norm 1, so that a dot product is a correlation; zeros
        where all pixels are alike.
    """
    grey = picture.convert("L")
    ink = ImageChops.invert(grey).getbbox()
    pixels = np.asarray(grey.crop(ink).resize((side, side), Image.Resampling.BOX), np.float32)
    centred: NDArray[np.float32] = pixels.ravel() - pixels.mean()
    norm = np.linalg.norm(centred)
    if norm > 0:
        centred /= norm
    return centred


def _rendered(svg: str, side: int) -> Image.Image:
    """The drawing with its longer edge ``side`` pixels long."""
    picture = _png(svg, width=side)
    if picture.height > side:
        picture = _png(svg, height=side)
    return picture


def _png(svg: str, *, width: int | None = None, height: int | None = None) -> Image.Image:
    data = resvg_py.svg_to_bytes(
        svg_string=svg,
        background="#ffffff",
        skip_system_fonts=True,
        dpi=96,
        width=width,
        height=height,
    )
    return Image.open(io.BytesIO(bytes(data))).convert("RGB")
