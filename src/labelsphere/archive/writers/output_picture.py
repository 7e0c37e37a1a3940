"""Input of a writer: a picture and its tags."""

from collections.abc import Sequence
from dataclasses import dataclass

from labelsphere.json_types import Json
from labelsphere.tagger.tag import Tag

ACCEPTED, SUGGESTED, OTHER = "accepted", "suggested", "other"


@dataclass(frozen=True)
class OutputPicture:
    """Picture of an output.

    Attributes:
        name: As `Item.name`.
        tags: Tags to write, accepted ones first.
    """

    name: str
    tags: Sequence[Tag]


def status(tag: Tag) -> str:
    """Return accepted, suggested or other."""
    return ACCEPTED if tag.accepted else SUGGESTED if tag.suggested else OTHER


def tag_lists(tags: Sequence[Tag], *, calibrated: bool) -> dict[str, list[dict[str, Json]]]:
    """Convert tags to lists of JSON objects, by status.

    Accepted tags are in ``tags`` and suggested ones in ``suggested``. If a number of tags was asked
    for, further ones are in ``others``. Without calibration all are in ``tags``, with scores.
    """
    if not calibrated:
        return {"tags": [{"label": tag.label, "score": number(tag, False)} for tag in tags]}
    lists: dict[str, list[dict[str, Json]]] = {ACCEPTED: [], SUGGESTED: [], OTHER: []}
    for tag in tags:
        lists[status(tag)].append({"label": tag.label, "probability": number(tag, True)})
    others = {"others": lists[OTHER]} if lists[OTHER] else {}
    return {"tags": lists[ACCEPTED], "suggested": lists[SUGGESTED], **others}


def columns(*, calibrated: bool) -> tuple[str, ...]:
    """Return the names of the columns of `cells`."""
    return ("label", "probability", "status") if calibrated else ("label", "score")


def cells(tag: Tag, *, calibrated: bool) -> tuple[str | float, ...]:
    """Return a tag's name, its probability or score, and with calibration its status."""
    found = (tag.label, number(tag, calibrated))
    return (*found, status(tag)) if calibrated else found


def number(tag: Tag, calibrated: bool) -> float:
    """Return a tag's probability or score, rounded to the digits of float32."""
    value = tag.probability if calibrated and tag.probability is not None else tag.score
    return round(value, 4 if calibrated else 6)
