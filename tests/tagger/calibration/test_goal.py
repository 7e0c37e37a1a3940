"""Goals: one of three, described and kept."""

import pytest

from labelsphere.errors import UsageError
from labelsphere.tagger.calibration.goal import Goal


def test_without_arguments_the_goal_is_a_precision_of_nine_tenths() -> None:
    assert Goal() == Goal(precision=0.9)


@pytest.mark.parametrize("goal", [Goal(), Goal(precision=0.75), Goal(f1=True), Goal(at_most=12)])
def test_goals_come_back_from_json(goal: Goal) -> None:
    assert Goal.from_json(goal.to_json()) == goal


def test_descriptions() -> None:
    found = [goal.describe() for goal in (Goal(), Goal(f1=True), Goal(at_most=3))]
    assert found == ["precision 0.9", "highest F1", "at most 3 tags per image"]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"precision": 1.0}, "between 0 and 1, such as 0.9, but got 1.0"),
        ({"precision": 0.0}, "between 0 and 1"),
        ({"at_most": 0}, "at_most must be 1 or more, but got 0"),
        ({"f1": True, "at_most": 3}, "contradict"),
        ({"f1": True, "precision": 0.9}, "contradict"),
    ],
)
def test_refusals(given: dict[str, float], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        Goal(**given)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "value", [None, {}, {"f1": False}, {"at_most": True}, {"best": 1}, {"f1": True, "at_most": 1}]
)
def test_what_is_no_goal(value: object) -> None:
    with pytest.raises(ValueError, match="goal"):
        Goal.from_json(value)
