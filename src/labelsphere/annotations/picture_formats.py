"""Supported picture formats, from Pillow's registry."""

import re
from functools import cache
from io import BytesIO

from PIL import Image, ImageFile, UnidentifiedImageError

# EPS would run Ghostscript on untrusted files; Pillow recognises MPEG, but cannot decode it.
_LEFT_OUT = frozenset({"EPS", "MPEG"})

# Tried first, because nearly all pictures have one of these formats.
_COMMON = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "AVIF")

_HEIF_ENDINGS = frozenset({".heic", ".heics", ".heif", ".heifs", ".hif"})
_HEIF_START = re.compile(rb"....ftyp(hei[cmsx]|hev[cmsx]|mif1|msf1)", re.DOTALL)
_HEIF_EXTRA = "HEIC is read once pillow-heif is installed: pip install 'labelsphere[formats]'"

# First bytes of files that often have a picture's ending, and their faults.
_OTHER_STARTS = (
    (
        re.compile(rb"version https://git-lfs"),
        "a Git LFS pointer: fetch the file with git lfs pull",
    ),
    (re.compile(rb"\s*(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)?<svg", re.DOTALL), "SVG is not read"),
    (re.compile(rb"\s*<(!doctype html|html)", re.IGNORECASE), "an HTML page"),
    (re.compile(rb"%!PS|\xc5\xd0\xd3\xc6"), "EPS is not read: it would start another program"),
    (re.compile(rb"%PDF"), "PDF is not read"),
    (re.compile(rb"....ftyp", re.DOTALL), "a video, or a format that is not read"),
    (re.compile(rb"\xff\x0a|\x00\x00\x00\x0cJXL "), "JPEG XL is not read"),
)


@cache
def picture_formats() -> tuple[str, ...]:
    """Return Pillow's names of the supported formats, the most common first."""
    Image.init()
    _register_heif()
    names = [name for name in Image.ID if name not in _LEFT_OUT and not _is_stub(name)]
    return (*_COMMON, *(name for name in dict.fromkeys(names) if name not in _COMMON))


@cache
def picture_endings() -> frozenset[str]:
    """Return the endings of pictures in lower case, such as ``.jpg``."""
    formats = picture_formats()
    # MPO files begin like JPEG files, and are opened as JPEG.
    return frozenset(
        ending
        for ending, name in Image.registered_extensions().items()
        if name in (*formats, "MPO")
    )


def endings_of_extras() -> dict[str, str]:
    """Return the endings of pictures that need an extra, each with a sentence about it."""
    return {} if _register_heif() else dict.fromkeys(sorted(_HEIF_ENDINGS), _HEIF_EXTRA)


def open_picture(data: bytes) -> Image.Image:
    """Open an encoded picture of a supported format. Its pixels are decoded later.

    Raises:
        Exception: Almost any, if the bytes are damaged or not a picture; `fault_in` describes it.
    """
    return Image.open(BytesIO(data), formats=picture_formats())


def fault_in(data: bytes, error: Exception) -> str:
    """Describe the fault of an encoded picture in a few words.

    Args:
        data: The encoded bytes.
        error: Error of opening or decoding them.
    """
    if not data:
        return "empty (0 bytes)"
    if isinstance(error, UnidentifiedImageError):
        if _HEIF_START.match(data):
            return "damaged HEIC" if _register_heif() else _HEIF_EXTRA
        for start, what in _OTHER_STARTS:
            if start.match(data[:4096]):
                return what
    reason = str(error).partition(" <_io")[0].partition("\n")[0].strip(" :")
    return reason or type(error).__name__


@cache
def _register_heif() -> bool:
    """Register HEIC in Pillow, if the extra is installed."""
    try:
        from pillow_heif import register_heif_opener
    except ImportError:
        return False
    register_heif_opener()
    return True


def _is_stub(name: str) -> bool:
    """Return whether Pillow recognises a format but cannot decode it."""
    factory = Image.OPEN[name][0]
    return isinstance(factory, type) and issubclass(factory, ImageFile.StubImageFile)
