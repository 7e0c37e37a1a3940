import io

import numpy as np
import polars as pl
import pytest
import torch
from PIL import Image

from labelsphere.annotations import PictureBytes
from labelsphere.errors import DataError
from labelsphere.tagger.inputs import (
    EpochOrder,
    FeatureInputs,
    ImageInputs,
    evaluation_batches,
    load_batches,
)


def images(memory_limit, broken=()):
    encoded = []
    for seed in range(20):
        out = io.BytesIO()
        values = np.random.default_rng(seed).integers(0, 256, (16, 16, 3), np.uint8)
        Image.fromarray(values).save(out, "PNG")
        encoded.append(b"broken" if seed in broken else out.getvalue())
    pictures = PictureBytes(pl.Series(encoded), [f"picture {i}" for i in range(20)])
    return ImageInputs(pictures, 16, augment="shift+flip", memory_limit=memory_limit)


def run(first, last, *, memory_limit=10**9, seed=3, **options):
    order = EpochOrder(20, 6, seed=7)
    return list(load_batches(images(memory_limit), order, first, last, seed=seed, **options))


def equal(some, others):
    return len(some) == len(others) and all(
        a[0] == b[0] and (a[1] == b[1]).all() and torch.equal(a[2], b[2])
        for a, b in zip(some, others, strict=True)
    )


@pytest.mark.parametrize("memory_limit", [0, 10**9])
@pytest.mark.parametrize("workers", [1, 2, 5])
def test_batches_are_the_same_for_any_number_of_workers(memory_limit, workers):
    assert equal(run(0, 8, memory_limit=memory_limit, workers=workers), run(0, 8))


def test_resuming_in_mid_epoch_equals_a_straight_run():
    assert equal(run(0, 4) + run(4, 8), run(0, 8))


def test_steps_and_rows_are_those_of_the_order():
    order = EpochOrder(20, 6, seed=7)
    batches = run(2, 6)
    assert [step for step, _, _ in batches] == [2, 3, 4, 5]
    assert all((rows == order.rows(step)).all() for step, rows, _ in batches)
    assert all(batch.shape == (6, 3, 16, 16) for _, _, batch in batches)


def test_augmentation_differs_between_steps_seeds_and_shards():
    out = io.BytesIO()
    values = np.random.default_rng(0).integers(0, 256, (16, 16, 3), np.uint8)
    Image.fromarray(values).save(out, "PNG")
    pictures = PictureBytes(pl.Series([out.getvalue()] * 20), ["the same"] * 20)
    inputs = ImageInputs(pictures, 16, augment="shift+flip")
    order = EpochOrder(20, 20)
    seen = [
        batch
        for seed, shard in [(1, (0, 2)), (1, (1, 2)), (2, (0, 2))]
        for _, _, batch in load_batches(inputs, order, 0, 3, seed=seed, shard=shard)
    ]
    for number, batch in enumerate(seen):
        assert not any(torch.equal(batch, other) for other in seen[:number])


def test_without_training_nothing_is_augmented():
    inputs = images(10**9)
    order = EpochOrder(20, 6, seed=7)
    for _, rows, batch in load_batches(inputs, order, 0, 3, seed=1, training=False):
        assert torch.equal(batch, inputs.batch(rows, training=False))


def test_rows_of_a_part_of_the_inputs():
    inputs = FeatureInputs(np.arange(40.0).reshape(20, 2))
    part = np.array([3, 19, 4, 8, 11])
    order = EpochOrder(5, 2, seed=1)
    for step, rows, batch in load_batches(inputs, order, 0, 6, seed=0, rows=part):
        assert (rows == part[order.rows(step)]).all()
        assert (batch[:, 0].numpy() == 2 * rows).all()


def test_shards_make_up_the_step():
    whole = run(0, 6)
    shards = [run(0, 6, shard=(process, 3)) for process in range(3)]
    for number, (_, rows, _) in enumerate(whole):
        parts = [shard[number][1] for shard in shards]
        assert [len(part) for part in parts] == [2, 2, 2]
        assert sorted(np.concatenate(parts).tolist()) == sorted(rows.tolist())


@pytest.mark.parametrize("workers", [0, 2])
def test_evaluation_batches_are_the_rows_in_their_order(workers):
    inputs = images(0)
    rows = np.array([9, 2, 2, 17, 0, 5, 6])
    batches = list(evaluation_batches(inputs, rows, 3, workers=workers))
    assert [len(batch) for batch in batches] == [3, 3, 1]
    assert torch.equal(torch.cat(batches), inputs.batch(rows, training=False))


@pytest.mark.parametrize("workers", [0, 2])
@pytest.mark.parametrize("memory_limit", [0, 10**9])
def test_a_broken_picture_is_named(workers, memory_limit):
    inputs = images(memory_limit, broken={13})
    with pytest.raises(DataError, match="picture 13 cannot be decoded"):
        list(load_batches(inputs, EpochOrder(20, 5), 0, 4, seed=0, workers=workers))
