# ruff: noqa: E501 - a case a line is easier to read
"""Folders of pictures as people keep them."""

import os
import socket
from collections.abc import Iterator, Mapping
from pathlib import Path

from tests.cases.builders import IMAGES, LABELS, ROWS, picture, pictures, table
from tests.cases.case import Case, Expect, reads, refuses, works

INSPECT = (("inspect", "d", "--json", "--examples", "0"),)
TAG = (("tag", "{tagger}", "d", "--top", "1"),)
Files = Mapping[str, object]


def texts(ending: str = ".txt", whole: bool = False) -> dict[str, str]:
    """A file of tags for each row."""
    return {f"d/{i if whole else i[:-4]}{ending}": ", ".join(tags) for i, tags in ROWS}


def fifo(path: Path) -> None:
    """A named pipe."""
    os.mkfifo(path)


def link(target: str):  # type: ignore[no-untyped-def]
    """A symbolic link."""
    return lambda path: path.symlink_to(target)


def unix_socket(path: Path) -> None:
    """A socket; its name must be short, so it is made from its own folder."""
    before = Path.cwd()
    os.chdir(path.parent)
    try:
        with socket.socket(socket.AF_UNIX) as listening:
            listening.bind(path.name)
    finally:
        os.chdir(before)


def _tagged() -> Iterator[Case]:
    ok: dict[str, object] = {**pictures("d/"), **texts()}
    whole = reads(IMAGES, LABELS)
    variants: dict[str, tuple[Files, Expect]] = {
        "plain": (ok, whole),
        "double-ending": ({**pictures("d/"), **texts(whole=True)}, whole),
        "caption": ({**pictures("d/"), **texts(".caption")}, reads(IMAGES, LABELS, told="caption")),
        "tags-by-line": ({**pictures("d/"), **{k: v.replace(", ", "\r\n") for k, v in texts().items()}}, whole),
        "class-folders": (pictures("d/cat/") | pictures("d/dog/"), reads(2 * IMAGES, 2, told="folder's name")),
        "class-folders-split": (pictures("d/train/cat/") | pictures("d/test/dog/"), reads(2 * IMAGES, 2)),
        "metadata-csv": ({**pictures("d/"), "d/metadata.csv": table(header="file_name,tags")}, whole),
        "rubbish": ({**ok, "d/.DS_Store": b"\0", "d/._a.jpg": b"\0", "d/Thumbs.db": b"\xd0"}, whole),
        "spare-text": ({**ok, "d/x.txt": "y"}, reads(IMAGES, LABELS, told="1 text file without an image")),
        "shared-text": ({**ok, "d/a.png": picture("PNG")}, reads(IMAGES + 1, LABELS, told="several images")),
        "other-endings": ({**ok, "d/x.mov": b"1", "d/y.cr2": b"1"}, reads(IMAGES, LABELS, told=r"1 \.cr2, 1 \.mov")),
        "pipe": ({**ok, "d/z.jpg": fifo}, reads(IMAGES, LABELS, told="named pipe")),
        "pipe-text": ({**ok, "d/a.txt": fifo}, reads(IMAGES, told="named pipe")),
        "device": ({**ok, "d/z.jpg": link("/dev/zero")}, reads(IMAGES, LABELS, told="device")),
        "socket": ({**ok, "d/z.jpg": unix_socket}, reads(IMAGES, LABELS, told="socket")),
        "link-loop": ({**ok, "d/loop": link("..")}, reads(IMAGES, LABELS, told="links to folders")),
        "link-to-itself": ({**ok, "d/z.jpg": link("z.jpg")}, reads(IMAGES + 1, problems={"unreadable_image": 1})),
        "broken-link": ({**ok, "d/z.jpg": link("gone.jpg")}, reads(IMAGES + 1, problems={"missing_image": 1})),
        "folder-called-jpg": ({**ok, "d/album.jpg/y.jpg": picture()}, reads(IMAGES + 1)),
        "latin-1-text": ({**ok, "d/a.txt": "café".encode("cp1252")}, refuses(r"d/a\.txt line 1")),
        "utf-16-text": ({**ok, "d/a.txt": "sky".encode("utf-16")}, reads(IMAGES, LABELS)),
        "utf-16-text-cut": ({**ok, "d/a.txt": "sky".encode("utf-16")[:-1]}, refuses(r"d/a\.txt is in UTF-16, but")),
        "untagged": (pictures("d/"), refuses("8 images without tags")),
        "untagged-other": ({**pictures("d/"), "d/x.txt": "y", "d/b.xml": ""}, refuses(r"\.xml.*text file without")),
        "empty": ({"d/.keep": ""}, refuses("holds no images")),
        "shards": ({"d/train-0.parquet": b"", "d/train-1.parquet": b""}, refuses(r"2 \.parquet")),
        "videos": ({"d/a.mov": b"", "d/b.mp4": b""}, refuses(r"1 \.mov, 1 \.mp4")),
    }  # fmt: skip
    for name, (files, expect) in variants.items():
        yield Case(f"folder-{name}", files, INSPECT, expect)  # type: ignore[arg-type]


def _to_tag() -> Iterator[Case]:
    one: dict[str, object] = {"d/y.jpg": picture()}
    variants: dict[str, tuple[Files, Expect]] = {
        "pipe": ({**one, "d/z.jpg": fifo}, works('"d/y.jpg"', "named pipe")),
        "device": ({**one, "d/z.jpg": link("/dev/urandom")}, works('"d/y.jpg"', "device")),
        "broken-link": ({**one, "d/z.jpg": link("gone.jpg")}, works('"d/y.jpg"', r"z\.jpg")),
        "endings": (
            {**one, "d/x.jfif": picture(), "d/x.jpe": picture(), "d/x.ppm": picture("PPM"),
             "d/x.jp2": picture("JPEG2000"), "d/x.tga": picture("TGA"), "d/x.svg": b"<svg/>"},
            works(r"x\.jfif(.|\n)*x\.jp2(.|\n)*x\.jpe(.|\n)*x\.ppm(.|\n)*x\.tga", r"1 \.svg"),
        ),
        "none": ({"d/a.svg": b""}, refuses("no pictures in d")),
        "folder-called-jpg": ({"d/album.jpg/y.jpg": picture()}, works(r"album\.jpg/y\.jpg")),
    }  # fmt: skip
    for name, (files, expect) in variants.items():
        yield Case(f"tag-folder-{name}", files, TAG, expect)  # type: ignore[arg-type]


CASES = (*_tagged(), *_to_tag())
