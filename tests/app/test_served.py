"""What a server answers with by default: tags alone."""

from collections.abc import Sequence
from typing import NoReturn

import numpy as np
import pytest

from labelsphere.annotations import Vocabulary
from labelsphere.app.served import PictureTags, Served, TagRequest, TagScore, Version
from labelsphere.errors import DataError, UsageError
from labelsphere.tagger.tag import Tag


class OnlyTags(Served):
    """Gives each picture its brightness as its one tag."""

    @property
    def version(self) -> Version:
        counts = np.zeros(1, np.int64)
        names = Vocabulary(["bright"])
        return Version('"1"', names, counts, 0, None, "none", "none", False, False, False)

    def tag(self, wanted: Sequence[TagRequest]) -> list[PictureTags]:
        shades = [float(one.square.mean()) for one in wanted]
        return [PictureTags((TagScore("bright", s, None, "suggest"),), '"1"') for s in shades]

    def _refuse(self, why: str) -> NoReturn:
        raise UsageError(f"it only tags, so {why}")


def test_levels_follow_from_a_tags_thresholds() -> None:
    def level(*flags: bool) -> str:
        return TagScore.of(Tag("red", 2.0, 0.5, *flags)).level

    assert (level(True, False), level(False, True), level(False, False)) == (
        "accept",
        "suggest",
        "none",
    )


def test_every_tag_without_a_probability_is_a_suggestion() -> None:
    assert TagScore.of(Tag("red", 2.0)) == TagScore("red", 2.0, None, "suggest")


def test_pictures_are_decoded_to_the_side_of_the_network(png: bytes) -> None:
    served = OnlyTags(8, "stretch")
    square = served.prepare(png)
    assert (square.shape, square.dtype) == ((8, 8, 3), np.uint8)
    assert served.tag([TagRequest(square)])[0].tags[0].score == pytest.approx(square.mean())
    with pytest.raises(DataError, match="cannot be decoded"):
        served.prepare(b"no picture")


def test_what_needs_a_label_space_is_refused_with_the_reason() -> None:
    served = OnlyTags(8, "pad")
    square = np.zeros((8, 8, 3), np.uint8)
    for ask, reason in [
        (lambda: served.space, "its labels have no neighbours"),
        (lambda: served.points([square]), "pictures have no points in it"),
        (lambda: served.similar([square]), "no training images are near a picture"),
        (lambda: served.rank_with(None, "x", [square]), "labels cannot be added"),  # type: ignore[arg-type]
        (lambda: served.change_space(lambda s: s), "its labels cannot be changed"),
    ]:
        with pytest.raises(UsageError, match=f"it only tags, so {reason}"):
            ask()
