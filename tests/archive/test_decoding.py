"""From an item to pixels, or to the reason why not."""

from collections.abc import Callable
from hashlib import blake2b
from pathlib import Path

import numpy as np

from labelsphere.annotations import Annotations
from labelsphere.archive.decoding import decode_item
from labelsphere.archive.sources.files import file_item
from labelsphere.archive.sources.item import Item, stored
from labelsphere.tagger.inputs.decoding import decode_picture

PREPARATION = {"size": 20, "fit": "pad"}


def test_pixels_and_hash(coloured_squares: Callable[..., Annotations]) -> None:
    pictures = coloured_squares(1).pictures
    assert pictures is not None
    data = pictures.read(0)
    found = decode_item(Item("a", stored(data)), PREPARATION, lambda _: False)
    assert found.content == blake2b(data, digest_size=16).hexdigest()
    np.testing.assert_array_equal(found.pixels, decode_picture(data, 20, "pad"))
    known = decode_item(Item("a", stored(data)), PREPARATION, lambda one: one == found.content)
    assert (known.content, known.pixels, known.problem) == (found.content, None, "")


def test_what_cannot_be_used_has_a_reason(tmp_path: Path) -> None:
    gone = decode_item(file_item(tmp_path / "gone.png"), PREPARATION, lambda _: False)
    assert gone.content == ""
    assert "gone.png cannot be read (No such file or directory)" in gone.problem
    text = decode_item(Item("a.png", stored(b"text")), PREPARATION, lambda _: False)
    assert text.content
    assert text.pixels is None
    assert text.problem.startswith("a.png cannot be decoded")
