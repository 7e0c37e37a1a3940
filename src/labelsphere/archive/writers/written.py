"""What a writer is given: one picture and the tags that are written for it."""

from collections.abc import Sequence
from dataclasses import dataclass

from labelsphere.json_types import Json
from labelsphere.tagger.tag import Tag

ACCEPTED, SUGGESTED, OTHER = "accepted", "suggested", "other"


@dataclass(frozen=True)
class Written:
    """A picture in an output.

    Attributes:
        name: As `Item.name`.
        tags: The tags that are written, accepted ones first.
    """

    name: str
    tags: Sequence[Tag]


def status(tag: Tag) -> str:
    """Whether a tag is accepted, suggested, or neither."""
    return ACCEPTED if tag.accepted else SUGGESTED if tag.suggested else OTHER


def tag_lists(tags: Sequence[Tag], *, calibrated: bool) -> dict[str, list[dict[str, Json]]]:
    """Tags as lists of JSON objects, by what they are.

    Accepted tags are in ``tags``, suggested ones in ``suggested``, and any others, which a number
    of tags brings in, in ``others``. Without calibration all are in ``tags``, with scores.
    """
    if not calibrated:
        return {"tags": [{"label": tag.label, "score": number(tag, False)} for tag in tags]}
    lists: dict[str, list[dict[str, Json]]] = {ACCEPTED: [], SUGGESTED: [], OTHER: []}
    for tag in tags:
        lists[status(tag)].append({"label": tag.label, "probability": number(tag, True)})
    others = {"others": lists[OTHER]} if lists[OTHER] else {}
    return {"tags": lists[ACCEPTED], "suggested": lists[SUGGESTED], **others}


def columns(*, calibrated: bool) -> tuple[str, ...]:
    """Names of the columns of `cells`."""
    return ("label", "probability", "status") if calibrated else ("label", "score")


def cells(tag: Tag, *, calibrated: bool) -> tuple[str | float, ...]:
    """A tag as cells of a table: its name, its number, and with calibration its status."""
    found = (tag.label, number(tag, calibrated))
    return (*found, status(tag)) if calibrated else found


def number(tag: Tag, calibrated: bool) -> float:
    """A tag's probability, or its score; scores are float32, so more digits would say nothing."""
    value = tag.probability if calibrated and tag.probability is not None else tag.score
    return round(value, 4 if calibrated else 6)
