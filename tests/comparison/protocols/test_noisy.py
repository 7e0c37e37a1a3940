from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl
import pytest

from labelsphere.annotations import Annotations
from labelsphere.comparison.protocols import full, noisy
from labelsphere.errors import DataError, UsageError

SPLIT = ["train"] * 800 + ["val"] * 100 + ["test"] * 100


def tagged(images: int = 1000, **columns: Sequence[Any]) -> Annotations:
    random = np.random.default_rng(0)
    lists = [[f"tag {n:02d}" for n in random.permutation(40)[:8]] for _ in range(images)]
    return replace(Annotations.from_lists(lists), columns=pl.DataFrame(columns))


def test_a_fifth_keeps_its_tags_and_calibrates_and_the_rest_loses_most() -> None:
    tags = tagged(split=SPLIT)
    whole, found = full(tags), noisy(tags)
    for part in ("train", "val", "test"):
        np.testing.assert_array_equal(getattr(found, part), getattr(whole, part))
    assert found.tags is tags
    assert found.calibration.n_images == 160
    rows = np.array([tags.image_ids.index(name) for name in found.calibration.image_ids])
    assert set(rows) < set(whole.train)
    assert (found.calibration.matrix != tags.matrix[rows]).nnz == 0
    assert (found.learned[rows] != tags.matrix[rows]).nnz == 0
    rest = np.setdiff1d(whole.train, rows)
    kept = found.learned[rest].multiply(tags.matrix[rest]).nnz
    assert kept / tags.matrix[rest].nnz == pytest.approx(0.15, abs=0.02)
    wrong = found.learned[rest].nnz - kept
    assert wrong / tags.matrix[rest].nnz == pytest.approx(0.05, abs=0.02)
    others = np.concatenate([found.val, found.test])
    assert (found.learned[others] != tags.matrix[others]).nnz == 0
    # Figures weigh classes as under every other protocol.
    assert found.counted.image_ids == whole.counted.image_ids
    assert (found.counted.matrix != whole.counted.matrix).nnz == 0
    assert f"{kept:,} of {tags.matrix[rest].nnz:,} tags" in found.notes[-1]
    assert f"{wrong:,} wrong ones" in found.notes[-1]


def test_variants_are_clean_or_noisy_together_and_lose_the_same() -> None:
    tags = tagged(split=SPLIT, base=np.arange(1000) // 2)
    pairs = np.repeat(np.arange(0, 1000, 2), 2)
    tags = replace(tags, matrix=tags.matrix[pairs])
    found = noisy(tags, group="base")
    assert found.calibration.n_images == 80
    assert (found.learned[::2] != found.learned[1::2]).nnz == 0
    assert (found.learned != tags.matrix).nnz > 0


def test_seed_and_share_decide_and_the_table() -> None:
    tags = tagged(split=SPLIT)
    first, again, other = noisy(tags), noisy(tags, seed=0), noisy(tags, seed=1)
    assert (first.learned != again.learned).nnz == 0
    assert (first.learned != other.learned).nnz > 0
    assert first.calibration.image_ids == again.calibration.image_ids
    assert first.calibration.image_ids != other.calibration.image_ids
    assert noisy(tags, clean=0.5).calibration.n_images == 400


@pytest.mark.parametrize(
    ("given", "message"),
    [({"clean": 0.0}, "clean must be"), ({"clean": 1.0}, "clean must"), ({"seed": -1}, "seed")],
)
def test_a_part_out_of_range_is_named(given: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        noisy(tagged(split=SPLIT), **given)


def test_too_few_images_to_draw_from_are_refused() -> None:
    with pytest.raises(DataError, match="too few"):
        noisy(tagged(3, split=["train", "val", "test"]))
