"""Batches in a repeatable order, prepared ahead of the network."""

from collections.abc import Iterator

import numpy as np
import torch

from labelsphere.arrays import IntArray
from labelsphere.tagger.inputs.order import EpochOrder
from labelsphere.tagger.inputs.protocol import Inputs
from labelsphere.tagger.inputs.threads import map_ahead


def load_batches(
    inputs: Inputs,
    order: EpochOrder,
    first_step: int,
    last_step: int,
    *,
    seed: int,
    rows: IntArray | None = None,
    workers: int = 0,
    shard: tuple[int, int] = (0, 1),
    training: bool = True,
) -> Iterator[tuple[int, IntArray, torch.Tensor]]:
    """The batches of some steps. What a step loads depends on its number, not on earlier ones.

    Args:
        inputs: What to load from.
        order: Which rows a step takes.
        first_step: The first step, counted from 0 over all epochs.
        last_step: Where to stop; this step is not loaded any more.
        seed: Seeds the augmentation together with the step, not negative.
        rows: The rows of ``inputs`` that ``order`` counts through, (order.n_rows,); None where
            they are the same.
        workers: Batches prepared at the same time, ahead of the caller; 0 prepares each when it
            is asked for. The batches are the same for any number.
        shard: Number of this process and of all processes: each loads its part of a step.
        training: Whether augmentation is applied.

    Yields:
        Step, row numbers of ``inputs`` (b,) int64, float32 batch (b, *sample_shape).

    Raises:
        DataError: If a sample cannot be used.
    """
    process, processes = shard

    def load(task: tuple[int, IntArray]) -> tuple[int, IntArray, torch.Tensor]:
        step, chosen = task
        own = int(np.random.SeedSequence((seed, step, process)).generate_state(1, np.uint64)[0])
        return step, chosen, inputs.batch(chosen, training=training, seed=own)

    def tasks() -> Iterator[tuple[int, IntArray]]:
        for step in range(first_step, last_step):
            chosen = order.rows(step)[process::processes]
            yield step, chosen if rows is None else rows[chosen]

    return map_ahead(load, tasks(), workers)


def evaluation_batches(
    inputs: Inputs, rows: IntArray, batch_size: int = 256, *, workers: int = 0
) -> Iterator[torch.Tensor]:
    """The given rows once, in their order, without augmentation.

    Args:
        inputs: What to load from.
        rows: Row numbers, (n,).
        batch_size: Rows a batch; the last one may be smaller.
        workers: As in `load_batches`.

    Yields:
        Float32 batches, (b, *sample_shape).

    Raises:
        DataError: If a sample cannot be used.
    """

    def load(start: int) -> torch.Tensor:
        return inputs.batch(rows[start : start + batch_size], training=False)

    return map_ahead(load, range(0, len(rows), batch_size), workers)
