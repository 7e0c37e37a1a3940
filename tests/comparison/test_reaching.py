from typing import Any

import pytest

from labelsphere.comparison.reaching import reaching_along, reaching_by_budget
from labelsphere.comparison.rivals import AT_BEST

ADJUSTED = "prior-adjusted for MAP@100"


def run(plain: float, adjusted: float, seed: int = 0, seconds: float = 100.0) -> dict[str, Any]:
    decoders = {
        name: {"values": {"map@100": value}, "resampled": {"map@100": [value, value]}}
        for name, value in (("as trained", plain), (ADJUSTED, adjusted))
    }
    return {"seed": seed, "seconds": seconds, "decoders": decoders}


def budget(share: float, plain: float, adjusted: float) -> dict[str, Any]:
    runs = [run(plain - 0.01, adjusted, 0), run(plain + 0.01, adjusted, 1)]
    return {"share": share, "steps": round(1600 * share), "seconds": 50 * share, "runs": runs}


RIVALS = {"a": [run(0.2, 0.5, 0), run(0.2, 0.5, 1)], "b": [run(0.3, 0.4, 0), run(0.3, 0.4, 1)]}


def test_the_smallest_budget_at_or_above_the_best_rivals_end() -> None:
    budgets = [
        budget(0.25, 0.2, 0.3),
        budget(0.0625, 0.1, 0.2),
        budget(1.0, 0.4, 0.45),
        budget(0.5, 0.3, 0.4),
    ]
    found = reaching_by_budget(budgets, RIVALS)
    plain = found["as trained"]["map@100"]
    assert (plain["rival"], plain["target"], plain["target_seconds"]) == ("b", 0.3, 100.0)
    assert [end["share"] for end in plain["ends"]] == [0.0625, 0.25, 0.5, 1.0]
    assert [end["steps"] for end in plain["ends"]] == [100, 400, 800, 1600]
    assert [end["difference"] for end in plain["ends"]] == pytest.approx([-0.2, -0.1, 0.0, 0.1])
    assert (plain["share"], plain["seconds"]) == (0.5, 25.0)
    assert plain["between"] == pytest.approx(0.5)
    at_best = found[AT_BEST]["map@100"]
    assert (at_best["rival"], at_best["target"]) == ("a", 0.5)
    assert (at_best["share"], at_best["seconds"], at_best["between"]) == (None, None, None)


def test_between_two_budgets_the_steps_grow_by_ratio() -> None:
    budgets = [budget(0.25, 0.2, 0.1), budget(1.0, 0.4, 0.1)]
    # Half of the way from 0.2 to 0.4, and so half of the way from 1/4 to 1 in the logarithm.
    assert reaching_by_budget(budgets, RIVALS)["as trained"]["map@100"]["between"] == (
        pytest.approx(0.5)
    )


def test_the_smallest_budget_may_be_enough() -> None:
    found = reaching_by_budget([budget(0.0625, 0.4, 0.6), budget(1.0, 0.5, 0.6)], RIVALS)
    assert found["as trained"]["map@100"]["between"] == 0.0625
    assert found[AT_BEST]["map@100"]["share"] == 0.0625
    assert reaching_by_budget([], RIVALS) == {}
    assert reaching_by_budget([budget(1.0, 0.5, 0.6)], {})["as trained"] == {}


def point(step: int, plain: float, adjusted: float) -> dict[str, Any]:
    return {
        "step": step,
        "seconds": step / 10,
        "values": {"map@100": plain},
        "decoders": {ADJUSTED: {"map@100": adjusted}},
    }


def test_along_a_constant_rate_the_first_evaluation_at_the_rivals_end() -> None:
    rival = [[point(100, 0.1, 0.3), point(200, 0.2, 0.4)]]
    ours = [[point(50, 0.1, 0.2), point(100, 0.2, 0.3), point(200, 0.3, 0.35)]]
    found = reaching_along(ours, {"a": rival, "b": [[point(200, 0.1, 0.1)]]})
    plain = found["as trained"]["map@100"]
    assert plain == {
        "rival": "a",
        "target": 0.2,
        "target_steps": 200,
        "target_seconds": 20.0,
        "steps": 100,
        "seconds": 10.0,
        "share": 0.5,
    }
    assert found[AT_BEST]["map@100"]["steps"] is None
    assert reaching_along(ours, {}) == {}
