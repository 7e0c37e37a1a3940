from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from labelsphere.comparison.bench import Bench
from labelsphere.comparison.budget import (
    batch_size,
    budget_steps,
    images_per_epoch,
    rate_steps,
    total_steps,
)


@pytest.mark.parametrize(
    ("group", "images", "batch", "steps"), [(None, 72, 16, 4 * 3), ("base", 36, 16, 2 * 3)]
)
def test_steps_are_counted_in_groups_where_there_are_some(
    bench: Bench, group: str | None, images: int, batch: int, steps: int
) -> None:
    tags = bench.protocol.tags
    base = pl.Series("base", np.arange(tags.n_images) // 2)
    tags = replace(tags, columns=tags.columns.with_columns(base))
    training = replace(bench.settings.training, steps=None, epochs=3)
    settings = replace(bench.settings, group=group, training=training)
    bench = replace(bench, protocol=replace(bench.protocol, tags=tags), settings=settings)
    assert images_per_epoch(bench) == images
    assert batch_size(bench) == batch
    assert total_steps(bench) == steps


def test_a_batch_is_no_larger_than_the_training_set(bench: Bench) -> None:
    training = replace(bench.settings.training, batch_size=1000, steps=None, epochs=2)
    bench = replace(bench, settings=replace(bench.settings, training=training))
    assert batch_size(bench) == 72
    assert total_steps(bench) == 2


def test_shares_of_the_steps_are_rounded_and_never_none(bench: Bench) -> None:
    assert [budget_steps(bench, share) for share in (1 / 16, 0.25, 0.5, 1.0)] == [1, 3, 6, 12]
    # The default tries a rate for a quarter.
    assert [rate_steps(bench, share) for share in (1 / 16, 0.5, 1.0)] == [1, 2, 3]
    whole = replace(bench, settings=replace(bench.settings, rate_share=1.0))
    assert [rate_steps(whole, share) for share in (0.5, 1.0)] == [6, 12]
