from collections.abc import Callable

import numpy as np
import pytest

from labelsphere.metrics.class_ap import class_ap_by_class
from labelsphere.metrics.map_at_100 import map_at_100_by_class
from labelsphere.metrics.metric_list import MetricList
from labelsphere.metrics.precision import precision

EVERY_KEY = [
    "map@100",
    "weighted_map@100",
    "precision@1",
    "precision@5",
    "precision@10",
    "recall@5",
    "recall@10",
    "ndcg@5",
    "ndcg@10",
    "psp@1",
    "psp@5",
    "image_ap",
    "class_ap",
]


def test_keys_of_all_figures() -> None:
    figures = MetricList(np.ones(3), propensities=np.ones(3))
    assert list(figures.definitions()) == EVERY_KEY


def test_unknown_propensities_and_unwanted_columns_leave_figures_out() -> None:
    figures = MetricList(np.ones(3), per_class=False)
    missing = {"psp@1", "psp@5", "class_ap"}
    assert list(figures.definitions()) == [key for key in EVERY_KEY if key not in missing]


def test_own_cutoffs_hold_for_every_metric_with_some() -> None:
    keys = MetricList(np.ones(3), cutoffs=(2,)).definitions()
    assert [key for key in keys if "@2" in key] == ["precision@2", "recall@2", "ndcg@2"]
    assert "first 2 predictions" in keys["recall@2"]


def test_groups_average_their_own_classes_and_tags(random_case: Callable, rank: Callable) -> None:
    ranking = rank(*random_case(11))
    weights, ones = np.arange(9.0), np.ones((12, 1))
    group = np.arange(9) < 4
    found = MetricList(weights).compute(ranking, ones, {"few": group})["few"]
    parts = map_at_100_by_class(ranking, ones)[group, 0]
    assert found["map@100"][0] == pytest.approx(np.nanmean(parts), abs=1e-12)
    assert found["weighted_map@100"][0] == pytest.approx(
        np.nanmean(parts * weights[group]), abs=1e-12
    )
    assert found["class_ap"][0] == pytest.approx(
        np.nanmean(class_ap_by_class(ranking, ones)[group, 0]), abs=1e-12
    )
    restricted = ranking.true_ranks.restricted_to(group)
    np.testing.assert_array_equal(found["precision@5"], precision(restricted, 5).average(ones))


def test_group_without_true_tags_has_no_figures(rank: Callable) -> None:
    ranking = rank(np.zeros((2, 3)), np.array([[1, 0, 0], [1, 1, 0]]))
    groups = {"absent": np.array([False, False, True])}
    found = MetricList(np.ones(3)).compute(ranking, np.ones((2, 1)), groups)["absent"]
    assert all(np.isnan(figure).all() for figure in found.values())
