import codecs
from pathlib import Path

import pytest

from labelsphere.annotations.text import decode_text, first_line, is_wide, read_text
from labelsphere.errors import DataError


def test_a_byte_order_mark_is_no_text(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_bytes("\ufeffimage,tags\r\nä,b\n".encode())
    assert read_text(file) == "image,tags\r\nä,b\n"
    assert first_line(file) == "image,tags"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "is empty"),
        (b" \n\n", "is empty"),
        ("image,tags".encode("utf-16")[:-1], "in UTF-16, but damaged or truncated at byte 20"),
        ("image,tags".encode("utf-32")[:-1], "in UTF-32, but damaged or truncated"),
        ("image\nb\ncafé".encode("latin-1"), "line 3: byte 0xe9 is not UTF-8 .*it is 'é'"),
    ],
)
def test_other_contents_are_refused(tmp_path: Path, data: bytes, message: str) -> None:
    file = tmp_path / "a.csv"
    file.write_bytes(data)
    with pytest.raises(DataError, match=message):
        read_text(file)


def test_the_first_line_of_anything_can_be_looked_at(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_bytes(b"\xff\xfe\x00" * 100_000)
    assert len(first_line(file)) <= 1 << 16


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_a_mark_is_told(encoding: str) -> None:
    with pytest.raises(DataError, match="is in UTF-16"):
        decode_text("image,tags\na.jpg,sky\n".encode(encoding), Path("tags.csv"))


@pytest.mark.parametrize("mark", [codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_LE])
def test_wide_letters_with_a_mark_are_read(tmp_path: Path, mark: bytes) -> None:
    encoding = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}.get(
        mark, "utf-32-le"
    )
    file = tmp_path / "a.csv"
    file.write_bytes(mark + "image,tags\r\n海.jpg,ocean\r\n".encode(encoding))
    assert read_text(file) == "image,tags\r\n海.jpg,ocean\r\n"
    assert first_line(file) == "image,tags"
    assert is_wide(file)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\rb\r", "a\nb\n"),
        ("a\rb\nc\r\nd", "a\nb\nc\r\nd"),
        ("a\r\r\nb\r\r\n", "a\r\nb\r\n"),
        ("a\r\nb\r\n", "a\r\nb\r\n"),
    ],
)
def test_a_carriage_return_alone_ends_a_line(text: str, expected: str) -> None:
    assert decode_text(text.encode(), Path("tags.csv")) == expected


@pytest.mark.parametrize("text", ["a", "", "海", "image,tags"])
def test_short_utf_8_is_no_utf_16(text: str) -> None:
    assert decode_text(text.encode(), Path("tags.csv")) == text
