"""What a writer is given: one picture and the tags that are written for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

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


def record(one: Written, *, calibrated: bool) -> dict[str, Any]:
    """A picture as a JSON object: ``{"image": …, "tags": […], "suggested": […]}``."""
    if not calibrated:
        scores = [{"label": tag.label, "score": round(tag.score, 6)} for tag in one.tags]
        return {"image": one.name, "tags": scores}
    return {
        "image": one.name,
        "tags": [_tag(tag) for tag in one.tags if not tag.suggested],
        "suggested": [_tag(tag) for tag in one.tags if tag.suggested],
    }


def _tag(tag: Tag) -> dict[str, Any]:
    return {"label": tag.label, "probability": round(tag.probability or 0.0, 6)}
