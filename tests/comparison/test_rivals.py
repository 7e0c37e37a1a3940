from typing import Any

import numpy as np
import pytest

from labelsphere.comparison.rivals import (
    AT_BEST,
    against_best,
    best_rival,
    mean_figure,
    rival_names,
    versus,
)
from labelsphere.errors import UsageError
from labelsphere.recipes import parse_recipe

DRAWS = np.random.default_rng(0).normal(0.0, 0.1, 100)


def run(seed: int = 0, **figures: tuple[float, float]) -> dict[str, Any]:
    """Figures as trained and under the decoder chosen for MAP@100."""
    decoders: dict[str, Any] = {}
    for place, name in enumerate(("as trained", "prior-adjusted for MAP@100")):
        values = {key.replace("_at_", "@"): pair[place] for key, pair in figures.items()}
        decoders[name] = {
            "values": values,
            "resampled": {key: list(DRAWS + value) for key, value in values.items()},
        }
    return {"seed": seed, "decoders": decoders}


def test_rivals_are_those_without_a_space_or_those_named() -> None:
    methods = [parse_recipe(name) for name in ("paper", "logistic", "paper+dim=3")]
    assert rival_names(methods, None) == ["logistic"]
    assert rival_names(methods, ["paper"]) == ["paper"]
    with pytest.raises(UsageError, match=r"rivals must be among .*, but got 'softmax'"):
        rival_names(methods, ["softmax"])


def test_the_best_rival_is_sought_for_each_figure_and_decoder() -> None:
    ours = [run(map_at_100=(0.5, 0.8), precision_at_1=(0.5, 0.1))]
    rivals = {
        "a": [run(map_at_100=(0.4, 0.6), precision_at_1=(0.2, 0.1))],
        "b": [run(map_at_100=(0.3, 0.7), precision_at_1=(0.6, 0.1))],
    }
    found = against_best(ours, rivals)
    assert list(found) == ["map@100", "precision@1"]
    of_map = found["map@100"]
    assert of_map["as trained"]["rival"] == "a"
    assert of_map["as trained"]["difference"] == pytest.approx(0.1)
    assert of_map["as trained"]["relative"] == pytest.approx(0.25)
    assert of_map["prior-adjusted for MAP@100"]["rival"] == "b"
    # The best decoder for MAP@100 is the one chosen for it; for P@1 there is none here.
    assert of_map[AT_BEST] == of_map["prior-adjusted for MAP@100"]
    assert (of_map[AT_BEST]["value"], of_map[AT_BEST]["rival_value"]) == (0.8, 0.7)
    of_precision = found["precision@1"]
    assert of_precision[AT_BEST] == of_precision["as trained"]
    assert of_precision[AT_BEST]["difference"] == pytest.approx(-0.1)


def test_every_rival_is_told_of_by_decoder_and_metric() -> None:
    ours, theirs = [run(map_at_100=(0.5, 0.8))], [run(map_at_100=(0.4, 0.6))]
    found = versus(ours, {"a": theirs})
    assert found["a"]["as trained"]["map@100"]["difference"] == pytest.approx(0.1)
    assert found["a"]["prior-adjusted for MAP@100"]["map@100"]["low"] == pytest.approx(0.2)


def test_means_are_over_all_seeds_or_none() -> None:
    runs = [run(0, map_at_100=(0.5, 0.8)), run(1, map_at_100=(0.3, 0.6))]
    assert mean_figure(runs, "as trained", "map@100") == pytest.approx(0.4)
    assert mean_figure([*runs, run(2)], "as trained", "map@100") is None
    assert mean_figure([], "as trained", "map@100") is None
    assert best_rival({"a": [run()]}, "as trained", "map@100") is None
    assert best_rival({"a": runs}, "as trained", "map@100") == ("a", pytest.approx(0.4))
