"""Hostile and odd pictures: an answer each, and nothing outside the run's folder is touched."""

import io
import struct
import tarfile
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from labelsphere.archive.filtering import TagFilter
from labelsphere.archive.journal import Journal
from labelsphere.archive.outputs import plan_sidecars, save_sidecars
from labelsphere.archive.records import Record
from labelsphere.archive.sources import items_of
from labelsphere.archive.tagging import final_records, tag_archive
from labelsphere.errors import DataError
from labelsphere.tagger import Tagger
from labelsphere.tagger.inputs.decoding import decode_picture

Begin = Callable[..., Journal]

BLOTS = Image.fromarray(np.random.default_rng(0).integers(0, 256, (4, 6, 3), np.uint8))
SQUARE = BLOTS.resize((60, 40), Image.Resampling.BICUBIC)


def encoded(image: Image.Image, form: str, **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, form, **options)
    return file.getvalue()


def bomb() -> bytes:
    """A PNG of 60,000 × 60,000 pixels in a few hundred bytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + check

    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    body = zlib.compress(bytes(10_000))
    start = b"\x89PNG\r\n\x1a\n"
    return start + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def rotated() -> bytes:
    exif = Image.Exif()
    exif[0x0112] = 6
    return encoded(SQUARE, "JPEG", exif=exif, quality=95)


GREY = Image.fromarray(np.linspace(0, 65535, 2400).reshape(40, 60).astype(np.uint16))
FRAMES = [SQUARE, SQUARE.rotate(180)]

GOOD = {
    "wrong ending.jpg": encoded(SQUARE, "PNG"),
    "animated.gif": encoded(SQUARE, "GIF", save_all=True, append_images=FRAMES),
    "animated.webp": encoded(SQUARE, "WEBP", save_all=True, append_images=FRAMES, lossless=True),
    "cmyk.jpg": encoded(SQUARE.convert("CMYK"), "JPEG"),
    "16-bit.png": encoded(GREY, "PNG"),
    "rotated.jpg": rotated(),
    "two pictures.mpo": encoded(SQUARE, "MPO", save_all=True, append_images=FRAMES),
    "two pictures.jpg": encoded(SQUARE, "MPO", save_all=True, append_images=FRAMES) + b"x",
    "line\nbreak.png": encoded(SQUARE, "PNG") + b"1",
    "a..png": encoded(SQUARE, "PNG") + b"2",
    "dots.. and ...png": encoded(SQUARE, "PNG") + b"3",
    "写真 фото صورة.png": encoded(SQUARE, "PNG") + b"4",
    "-rf; $(touch gone).png": encoded(SQUARE, "PNG") + b"5",
}
BAD = {
    "bomb.png": (bomb(), "decompression bomb|exceeds limit|pixels"),
    "truncated.jpg": (encoded(SQUARE, "JPEG")[:400], "truncated|broken|cut short"),
    "truncated.png": (encoded(SQUARE, "PNG")[:200], "truncated|broken|cut short"),
    "zero.png": (b"", "empty"),
    "drawing.png": (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "SVG is not read"),
    "page.jpg": (b"<!doctype html><html></html>", "HTML page"),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of all of them, with files around it that nobody may touch."""
    found = tmp_path / "pictures"
    found.mkdir()
    for name, data in GOOD.items():
        (found / name).write_bytes(data)
    for name, (data, _) in BAD.items():
        (found / name).write_bytes(data)
    (tmp_path / "neighbor.png").write_bytes(b"mine")
    return found


def run(tagger: Tagger, journal: Journal, path: Path) -> dict[str, Record]:
    with journal.locked():
        items = items_of([path], lambda _: None)
        tag_archive(tagger, items, journal, journal.info.choice, batch_size=3, unit=5)
    return {record.name: record for record in final_records(journal)}


def files(folder: Path) -> dict[Path, bytes]:
    paths = [path for path in folder.rglob("*") if path.is_file()]
    return {path: path.read_bytes() for path in paths if "run" not in path.parts}


def test_each_has_an_answer_and_nothing_is_touched(
    tagger: Tagger, folder: Path, tmp_path: Path, begin: Begin
) -> None:
    before = files(tmp_path)
    found = run(tagger, begin(tmp_path / "run"), folder)
    assert files(tmp_path) == before
    answers = {Path(name).name: record for name, record in found.items()}
    assert len(answers) == len(GOOD) + len(BAD)
    for name in GOOD:
        record = next(r for n, r in answers.items() if same_name(n, name))
        assert not record.problem, name
        assert len(record.tags) == 3
    for name, (_, reason) in BAD.items():
        assert not answers[name].tags
        assert any(word in answers[name].problem for word in reason.split("|")), answers[name]


def same_name(shown: str, name: str) -> bool:
    """Whether a name is shown for a file; line breaks are shown in another way."""
    return shown == name or shown == name.replace("\n", "\\n") or shown == name.replace("\n", "␊")


def test_pixels_are_those_of_the_first_frame_upright_and_in_range() -> None:
    first = np.asarray(SQUARE.resize((32, 21), Image.Resampling.BICUBIC))
    middle = slice(5, 26)
    for name in ("animated.webp", "wrong ending.jpg"):
        np.testing.assert_allclose(decode_picture(GOOD[name], 32)[middle], first, atol=12)
    turned = decode_picture(GOOD["rotated.jpg"], 32)
    upright = np.asarray(SQUARE.rotate(-90, expand=True).resize((21, 32), Image.Resampling.BICUBIC))
    assert np.abs(turned[:, 5:26].astype(int) - upright).mean() < 12
    grey = decode_picture(GOOD["16-bit.png"], 32)[middle]
    assert grey[0, 0, 0] < 10
    assert grey[-1, -1, 0] > 245
    shown = np.asarray(SQUARE.convert("CMYK").convert("RGB").resize((32, 21)))
    cmyk = decode_picture(GOOD["cmyk.jpg"], 32)[middle]
    assert np.abs(cmyk.astype(int).mean() - shown.mean()) < 12


def test_members_that_lead_out_of_a_tar_are_passed_over(
    tagger: Tagger, tmp_path: Path, begin: Begin
) -> None:
    shard = tmp_path / "in" / "shard.tar"
    shard.parent.mkdir()
    good = encoded(SQUARE, "PNG")
    with tarfile.open(shard, "w") as archive:
        for name in ("../out.png", "/abs.png", "a/../../out.png", "good.png", "写真\nfoto.png"):
            member = tarfile.TarInfo(name)
            member.size = len(good)
            archive.addfile(member, io.BytesIO(good))
        link = tarfile.TarInfo("link.png")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
    before = files(tmp_path)
    found = run(tagger, begin(tmp_path / "run"), shard)
    assert files(tmp_path) == before
    names = [name.partition("::")[2] for name in found]
    assert len(names) == 2
    assert names[0] == "good.png"
    assert not any(record.problem for record in found.values())


def test_a_sidecar_with_entities_is_refused_before_anything_is_written(
    tagger: Tagger, tmp_path: Path, begin: Begin
) -> None:
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    for name in ("a.png", "b.png"):
        (pictures / name).write_bytes(encoded(SQUARE, "PNG") + name.encode())
    (pictures / "b.png.xmp").write_text(
        '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
        '<x:xmpmeta xmlns:x="adobe:ns:meta/">&e;</x:xmpmeta>'
    )
    journal = begin(tmp_path / "run")
    run(tagger, journal, pictures)
    before = files(tmp_path)
    with (
        journal.locked(),
        pytest.raises(DataError, match=r"b\.png\.xmp: it declares a document type"),
    ):
        save_sidecars(journal, iter(list(plan_sidecars(journal, "xmp", TagFilter()))))
    assert files(tmp_path) == before
