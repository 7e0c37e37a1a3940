"""Picture files of every kind, damaged and hostile ones among them."""

import io
import struct
import zlib
from collections.abc import Iterator

import numpy as np
from PIL import Image

from labelsphere.annotations.picture_formats import picture_formats
from tests.cases.builders import picture
from tests.cases.case import Case, refuses, works


def chunk(kind: bytes, data: bytes) -> bytes:
    """A chunk of a PNG."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def hollow(width: int, height: int) -> bytes:
    """A small PNG file of a huge black picture."""
    packing = zlib.compressobj(9)
    row = b"\0" * (width // 8 + 1)
    data = b"".join(packing.compress(row * 500) for _ in range(height // 500)) + packing.flush()
    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    start = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head)
    return start + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def saved(image: Image.Image, kind: str, **options: object) -> bytes:
    """An image, encoded."""
    file = io.BytesIO()
    image.save(file, kind, **options)  # type: ignore[arg-type]
    return file.getvalue()


def text_bomb() -> bytes:
    """A PNG with a text of 5 MB in a few bytes."""
    plain = picture("PNG")
    place = plain.index(b"IDAT") - 4
    return (
        plain[:place] + chunk(b"zTXt", b"k\0\0" + zlib.compress(b"x" * 5_000_000)) + plain[place:]
    )


def _good() -> Iterator[tuple[str, bytes]]:
    picture_formats()
    image = Image.open(io.BytesIO(picture("PNG")))
    turned = Image.Exif()
    turned[0x0112] = 6
    frames = [Image.new("RGB", (24, 20), colour) for colour in ("red", "green")]
    more = {"save_all": True, "append_images": frames[1:]}
    yield "exif.jpg", saved(image, "JPEG", exif=turned)
    yield "cmyk.jpg", saved(image.convert("CMYK"), "JPEG")
    yield "grey.jpg", saved(image.convert("L"), "JPEG")
    yield (
        "grey16.png",
        saved(Image.fromarray((np.arange(480) * 130).reshape(20, 24).astype(np.uint16)), "PNG"),
    )
    yield "alpha.png", saved(image.convert("LA"), "PNG")
    yield "palette.png", saved(image.convert("P"), "PNG", transparency=3)
    yield "bit.png", saved(image.convert("1"), "PNG")
    yield "clear.png", saved(image, "PNG", transparency=(1, 2, 3))
    for kind in ("GIF", "WEBP", "PNG", "TIFF"):
        yield f"animated.{kind.lower()}", saved(frames[0], kind, **more)
    yield "mpo.jpg", saved(frames[0], "MPO", **more)
    yield "one.png", saved(Image.new("RGB", (1, 1), "blue"), "PNG")
    yield "thin.png", saved(Image.new("RGB", (1, 3000)), "PNG")
    yield "wide.jpg", saved(Image.new("RGB", (5000, 1)), "JPEG")
    yield (
        "float.tif",
        saved(
            Image.fromarray(np.random.default_rng(0).random((20, 24)).astype(np.float32)), "TIFF"
        ),
    )
    yield "lab.tif", saved(image.convert("LAB"), "TIFF")
    for kind in ("BMP", "AVIF", "ICO", "PCX", "SGI", "TGA", "QOI", "HEIF", "DDS"):
        yield f"x.{kind.lower()}", saved(image, kind)
    yield "png-called.jpg", picture("PNG")
    yield "tga-called.png", picture("TGA")
    yield "pcx-called.jpg", picture("PCX")
    yield "half.png", hollow(11000, 11000)


def _bad() -> Iterator[tuple[str, bytes, str]]:
    big = picture("JPEG", (240, 200))
    png = picture("PNG", (240, 200))
    flipped = bytearray(png)
    flipped[len(png) // 2] ^= 1
    yield "zero.jpg", b"", "empty"
    yield "cut.jpg", big[: len(big) // 2], "truncated"
    yield "cut.png", png[: len(png) // 2], "runcated"
    yield "flipped.png", bytes(flipped), "."
    yield "html.jpg", b"<html>404 not found</html>", "HTML"
    yield "lfs.png", b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n", "LFS"
    yield "svg.png", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "SVG"
    yield "eps.jpg", b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "EPS"
    yield "pdf.png", b"%PDF-1.7\n", "PDF"
    yield "heic.jpg", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "HEIC"
    yield "video.jpg", b"\0\0\0\x18ftypisom\0\0\0\0mp42isom", "video"
    yield "random.webp", np.random.default_rng(1).bytes(4000), "cannot identify|."
    yield "bomb.png", hollow(16000, 16000), "exceeds limit|bomb"
    yield "text-bomb.png", text_bomb(), "too large"


def _cases() -> Iterator[Case]:
    command = ("inspect", "tags.csv")
    for name, data in _good():
        files = {name: data, "tags.csv": f'image,tags\n{name},"sky, sea"\n'}
        label = name.replace(".", "-")
        yield Case(
            f"picture-{label}-checked", files, (command,), works("No problems|on one image only")
        )
        yield Case(
            f"picture-{label}-tagged",
            files,
            (("tag", "{tagger}", name),),
            works(f'"image": "{name}"'),
        )
    for name, data, why in _bad():
        files = {name: data, "tags.csv": f'image,tags\n{name},"sky, sea"\n'}
        label = name.replace(".", "-")
        yield Case(
            f"picture-{label}-checked",
            files,
            (command,),
            works(rf"cannot be opened(.|\n)*{name}: .*({why})"),
        )
        yield Case(
            f"picture-{label}-tagged",
            files,
            (("tag", "{tagger}", name),),
            refuses("no picture could be read"),
        )


CASES = tuple(_cases())
