from pathlib import Path

import pytest

from labelsphere.app.review import Review
from labelsphere.app.served import PictureTags, TagScore
from labelsphere.app.tagging import Outcome
from labelsphere.errors import DataError, UsageError


class Tagging:
    """Answers that are known: red .9, plant .7, sky .2."""

    async def tag(self, uploads: list[object]) -> list[Outcome]:
        tags = [("red", 0.9), ("plant", 0.7), ("sky", 0.2)]
        scores = tuple(TagScore(label, 1.0, p, "suggest") for label, p in tags)
        return [Outcome("x", tags=PictureTags(scores, "e")) for _ in uploads]


async def _looked(pictures: Path) -> Review:
    review = Review(pictures)
    await review.look(Tagging())  # type: ignore[arg-type]
    return review


@pytest.fixture
def review(pictures: Path) -> Review:
    import asyncio

    return asyncio.run(_looked(pictures))


def test_the_most_doubtful_tags_come_first(review: Review) -> None:
    found = review.items(100)
    assert (found.looked_at, found.pictures) == (3, 3)
    asked = [(item.name, item.label, item.present) for item in found.items]
    # The tagger knows nothing of "wrong"; then what pictures lack, by probability; "red" of a.png
    # is there and likely, so it comes last. "sky" is neither there nor likely.
    assert asked == [
        ("a.png", "wrong", True),
        ("b.png", "red", False),
        ("sub/c.PNG", "red", False),
        ("a.png", "plant", False),
        ("b.png", "plant", False),
        ("sub/c.PNG", "plant", False),
        ("a.png", "red", True),
    ]


def test_decisions_are_written_into_sidecars_and_undone(review: Review, pictures: Path) -> None:
    assert review.decide(0, "wrong", False) is True
    assert (pictures / "a.txt").read_text() == "red\n"
    assert review.decide(1, "red", True) is False
    assert (pictures / "b.txt").read_text() == "red\n"
    assert len(review.items(100).items) == 5
    review.undo(0, "wrong", True)
    assert (pictures / "a.txt").read_text() == "red, wrong\n"
    assert review.items(1).items[0].label == "wrong"


def test_a_sidecar_that_is_a_link_is_not_written(review: Review, pictures: Path) -> None:
    target = pictures.parent / "target.txt"
    target.write_text("mine")
    (pictures / "b.txt").symlink_to(target)
    with pytest.raises(DataError, match="link"):
        review.decide(1, "red", True)
    assert target.read_text() == "mine"


def test_pictures_by_number_alone(review: Review) -> None:
    assert review.thumbnail(0, 10_000)[:2] == b"\xff\xd8"
    for number in (-1, 3):
        with pytest.raises(UsageError, match="there is no picture"):
            review.thumbnail(number, 10_000)
    with pytest.raises(DataError, match="pixels"):
        review.thumbnail(0, 100)


def test_folders_without_pictures(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="not a folder"):
        Review(tmp_path / "nowhere")
    with pytest.raises(DataError, match="no pictures"):
        Review(tmp_path)
