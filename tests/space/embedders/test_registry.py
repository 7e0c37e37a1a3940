"""Embedders of the user's own, and what every entry says of itself."""

import re
from pathlib import Path

import numpy as np
import pytest

from labelsphere.annotations import Annotations
from labelsphere.arrays import FloatArray
from labelsphere.errors import DataError, UsageError
from labelsphere.space import Counts, LabelSpace
from labelsphere.space.embedders import EMBEDDERS, Embedding, embedder_directions, find_embedder

TAGS = Annotations.from_lists([["sky", "sea"], ["sky", "sea"], ["cat", "sofa"], ["cat"]])
DOCS = Path(__file__).parents[3] / "docs"


def corners(tags: Annotations | Counts, dim: int | None = None, *, scale: float = 1.0) -> Embedding:
    """Every label on an axis of its own.

    More text.
    """
    return Embedding(scale * np.eye(len(tags.vocabulary), dim, dtype=np.float32), {"corners": dim})


class Corners:
    """Every label on an axis of its own, as a class."""

    def __init__(self, scale: float = 1.0) -> None:
        self.scale = scale

    def __call__(self, tags: Annotations | Counts, dim: int | None = None) -> Embedding:
        return corners(tags, dim, scale=self.scale)


def test_a_function_a_class_and_an_instance_may_take_the_place_of_a_name(tmp_path: Path) -> None:
    expected: FloatArray = 2 * np.eye(4, dtype=np.float32)
    spaces = [
        LabelSpace.fit(TAGS, corners, 4, scale=2.0),
        LabelSpace.fit(TAGS, Corners, 4, scale=2.0),
        LabelSpace.fit(TAGS, Corners(2.0), 4),
    ]
    for space, name in zip(spaces, ["corners", "Corners", "Corners"], strict=True):
        np.testing.assert_array_equal(space.vectors, expected)
        assert space.record.method == name
        assert space.record.facts == {"corners": 4}
        space.save(tmp_path / "space", overwrite=True)
        assert LabelSpace.load(tmp_path / "space").record == space.record
        assert f"embedded by {name}, which is not one of" in space.card()


def test_options_of_a_class_are_those_of_its_constructor() -> None:
    assert list(find_embedder(Corners).options) == ["scale"]
    with pytest.raises(UsageError, match="'Corners' has no option 'sacle'; its options: scale"):
        LabelSpace.fit(TAGS, Corners, 4, sacle=2.0)


def test_a_space_by_a_method_of_the_users_own_is_refitted_by_it() -> None:
    space = LabelSpace.fit(TAGS, corners, 4)
    with pytest.raises(UsageError, match=r"method must be one of pmi, .*, but got 'corners'"):
        space.refit(TAGS)
    assert space.refit(TAGS, method=corners).record.aligned_proximity == pytest.approx(1.0)


def test_a_users_embedder_is_described_by_its_first_line() -> None:
    assert find_embedder(corners).description == "Every label on an axis of its own."
    assert find_embedder(Corners).description == "Every label on an axis of its own, as a class."
    assert find_embedder(lambda tags, dim: corners(tags, dim)).description


def test_what_cannot_embed_is_refused() -> None:
    with pytest.raises(UsageError, match="a name, or a class, an instance or a function"):
        LabelSpace.fit(TAGS, 3)  # type: ignore[arg-type] # on purpose
    with pytest.raises(DataError, match=r"vectors must be \(4, dim\)"):
        LabelSpace.fit(TAGS, lambda *_: Embedding(np.ones((3, 2), np.float32)))


@pytest.mark.parametrize("name", EMBEDDERS)
def test_every_entry_describes_itself_in_one_line(name: str) -> None:
    entry = EMBEDDERS[name]
    assert entry.name == name
    for text in (entry.description, entry.directions):
        assert re.fullmatch(r"[^\n]{20,90}\.", text), text
    assert embedder_directions(name) == entry.directions


@pytest.mark.parametrize("name", EMBEDDERS)
def test_the_documents_name_every_entry(name: str) -> None:
    reference = (DOCS / "reference" / "embedders.md").read_text(encoding="utf-8")
    how_to = (DOCS / "how-to" / "choose-a-label-space.md").read_text(encoding="utf-8")
    assert re.search(rf"^## .*\b{name}\b", reference, re.MULTILINE)
    assert f"| `{name}` |" in how_to
