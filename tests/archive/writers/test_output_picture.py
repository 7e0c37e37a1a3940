"""Tags as cells and as JSON objects."""

import pytest

from labelsphere.archive.writers.output_picture import cells, columns, number, status, tag_lists
from labelsphere.tagger.tag import Tag

ACCEPTED = Tag("sky", 1.2345678, 0.912345, True, False)
SUGGESTED = Tag("sea", 0.5, 0.3, False, True)
OTHER = Tag("tree", 0.1, 0.01, False, False)
RAW = Tag("sky", 1.2345678)


def test_what_a_tag_is() -> None:
    assert [status(tag) for tag in (ACCEPTED, SUGGESTED, OTHER, RAW)] == [
        "accepted",
        "suggested",
        "other",
        "other",
    ]


@pytest.mark.parametrize(
    ("tag", "calibrated", "expected"),
    [(ACCEPTED, True, 0.9123), (ACCEPTED, False, 1.234568), (RAW, True, 1.2346)],
)
def test_numbers_are_rounded_to_what_they_say(tag: Tag, calibrated: bool, expected: float) -> None:
    assert number(tag, calibrated) == expected


@pytest.mark.parametrize("calibrated", [True, False])
def test_cells_go_with_their_columns(calibrated: bool) -> None:
    found = dict(
        zip(columns(calibrated=calibrated), cells(OTHER, calibrated=calibrated), strict=True)
    )
    if calibrated:
        assert found == {"label": "tree", "probability": 0.01, "status": "other"}
    else:
        assert found == {"label": "tree", "score": 0.1}


def test_lists_hold_each_tag_once_and_others_only_where_there_are_some() -> None:
    found = tag_lists([ACCEPTED, SUGGESTED, OTHER], calibrated=True)
    assert {key: [one["label"] for one in tags] for key, tags in found.items()} == {
        "tags": ["sky"],
        "suggested": ["sea"],
        "others": ["tree"],
    }
    assert tag_lists([], calibrated=True) == {"tags": [], "suggested": []}
    assert tag_lists([RAW], calibrated=False) == {"tags": [{"label": "sky", "score": 1.234568}]}
