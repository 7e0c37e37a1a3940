"""What bodies of requests may hold, and what is refused."""

import pytest
from pydantic import ValidationError

from labelsphere.app.schemas import (
    CombineRequest,
    DecisionRequest,
    NewLabelRequest,
    SidecarRequest,
    TagAnswer,
)


@pytest.mark.parametrize(
    ("body", "at"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"name": "new", "like": ["red"] * 51}, "like"),
        ({"name": "new", "counts": {"red": "many"}}, "counts"),
        ({"name": "new", "surprise": 1}, "surprise"),
        ({}, "name"),
    ],
)
def test_a_new_label_that_is_refused_names_the_field(body: dict[str, object], at: str) -> None:
    with pytest.raises(ValidationError) as refused:
        NewLabelRequest.model_validate(body)
    assert refused.value.errors()[0]["loc"][0] == at


def test_a_new_label_changes_the_tagger_unless_a_preview_is_asked_for() -> None:
    body = NewLabelRequest.model_validate({"name": "new", "like": ["red"]})
    assert (body.preview, body.counts, body.examples, body.images) == (False, {}, [], None)


@pytest.mark.parametrize("top", [0, 1001])
def test_numbers_of_neighbors_are_bounded(top: int) -> None:
    with pytest.raises(ValidationError):
        CombineRequest.model_validate({"plus": ["red"], "top": top})


@pytest.mark.parametrize(
    "body",
    [
        {"format": "exe", "tags": []},
        {"format": "txt", "tags": [{"label": "red", "probability": 1.5}]},
        {"format": "txt", "tags": [{"label": "red"}] * 2001},
        {"format": "txt", "tags": [{"label": "red", "path": "/etc/passwd"}]},
    ],
)
def test_sidecars_that_are_refused(body: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        SidecarRequest.model_validate(body)


def test_decisions_are_about_pictures_by_number() -> None:
    with pytest.raises(ValidationError):
        DecisionRequest.model_validate({"picture": -1, "label": "red", "keep": True})
    with pytest.raises(ValidationError):
        DecisionRequest.model_validate({"picture": "../x", "label": "red", "keep": True})


def test_a_level_is_one_of_three() -> None:
    with pytest.raises(ValidationError):
        TagAnswer(label="red", probability=0.5, score=1.0, level="maybe")  # type: ignore[arg-type]
