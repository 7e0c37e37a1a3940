from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl
import pytest

from labelsphere.annotations import Annotations
from labelsphere.comparison.protocols import few, full
from labelsphere.errors import UsageError


def tagged(images: int, **columns: Sequence[Any]) -> Annotations:
    tags = Annotations.from_lists([[f"tag {i % 7}", f"tag {i % 3}"] for i in range(images)])
    return replace(tags, columns=pl.DataFrame(columns))


SPLIT = ["train"] * 400 + ["val"] * 50 + ["test"] * 50


@pytest.mark.parametrize("share", [0.01, 0.05, 0.1, 0.2, 1.0])
def test_a_share_is_trained_on_and_all_tag_sets_calibrate(share: float) -> None:
    tags = tagged(500, split=SPLIT)
    whole, found = full(tags), few(tags, share=share)
    assert len(found.train) == round(share * 400)
    assert set(found.train) <= set(whole.train)
    assert found.calibration.image_ids == whole.calibration.image_ids
    assert found.counted is found.calibration
    np.testing.assert_array_equal(found.val, whole.val)
    np.testing.assert_array_equal(found.test, whole.test)
    assert (found.learned != tags.matrix).nnz == 0
    assert f"{len(found.train):,} of 400 training images" in found.notes[-1]


def test_whole_groups_are_drawn() -> None:
    base = np.arange(500) // 4
    tags = tagged(500, split=SPLIT, base=base)
    found = few(tags, group="base", share=0.1)
    groups, members = np.unique(base[found.train], return_counts=True)
    assert len(groups) == 10
    assert (members == 4).all()
    assert found.calibration.n_images == 100


def test_one_seed_draws_the_same_and_a_smaller_share_from_a_larger() -> None:
    tags = tagged(500, split=SPLIT)
    drawn = few(tags, share=0.2)
    np.testing.assert_array_equal(drawn.train, few(tags, share=0.2, seed=0).train)
    assert set(few(tags, share=0.05).train) < set(drawn.train)
    other = few(tags, share=0.2, seed=1)
    assert len(other.train) == 80
    assert set(other.train) != set(drawn.train)


@pytest.mark.parametrize(
    ("given", "message"),
    [({"share": 0.0}, "share must be"), ({"share": 1.5}, "share must"), ({"seed": -1}, "seed")],
)
def test_a_part_out_of_range_is_named(given: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        few(tagged(500, split=SPLIT), **given)
