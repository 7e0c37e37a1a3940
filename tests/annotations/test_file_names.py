import os

from hypothesis import given
from hypothesis import strategies as st

from labelsphere.annotations.file_names import on_disk, printable


@given(st.binary().filter(lambda data: b"\\" not in data))
def test_a_name_comes_back_whatever_its_bytes(data: bytes) -> None:
    name = os.fsdecode(data)
    shown = printable(name)
    shown.encode("utf-8")
    assert os.fsencode(on_disk(shown)) == data


def test_names_in_utf8_stay_as_they_are() -> None:
    for name in ("a.jpg", "日本\n.png", "C:\\new\\x41.jpg"):
        assert printable(name) == on_disk(name) == name


def test_half_a_surrogate_pair_is_escaped_too() -> None:
    assert printable("\ud83d.jpg") == r"\ud83d.jpg"
