"""XML without entities."""

from pathlib import Path

import pytest

from labelsphere.annotations.readers.xml_text import load_xml
from labelsphere.errors import DataError


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("  \n", "is empty"),
        ("<a>", "cannot be read as XML"),
        ("\x00", "cannot be read as XML"),
        ('<?xml version="1.0" encoding="none-such"?><a/>', "cannot be read as XML"),
        (
            '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
            "declares XML entities",
        ),
    ],
)
def test_anything_else_is_refused(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "a.xml").write_text(text)
    with pytest.raises(DataError, match=message):
        load_xml(tmp_path / "a.xml")


def test_the_declared_encoding_is_followed(tmp_path: Path) -> None:
    text = '<?xml version="1.0" encoding="latin-1"?><a>é</a>'
    (tmp_path / "a.xml").write_bytes(text.encode("latin-1"))
    assert load_xml(tmp_path / "a.xml").text == "é"
