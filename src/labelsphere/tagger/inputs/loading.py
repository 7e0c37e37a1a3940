"""Loading of batches in a repeatable order, ahead of the network."""

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
    """Load the batches of some steps. A batch depends on the step's number only.

    Args:
        inputs: The inputs to load.
        order: Rows of each step.
        first_step: The first step, counted from 0 over all epochs.
        last_step: End of the steps; this step is not loaded.
        seed: Random seed of the augmentation, together with the step; not negative.
        rows: Rows of ``inputs`` that ``order`` refers to, (order.n_rows,); None for all rows.
        workers: Number of batches prepared in parallel, ahead of the caller; 0 prepares each on
            demand. The batches do not depend on it.
        shard: Number of this process, and number of all: each loads its share of a step.
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
    """Load the given rows once, in their order, without augmentation.

    Args:
        inputs: The inputs to load.
        rows: Row numbers, (n,).
        batch_size: Rows per batch; the last one may be smaller.
        workers: As in `load_batches`.

    Yields:
        Float32 batches, (b, *sample_shape).

    Raises:
        DataError: If a sample cannot be used.
    """

    def load(start: int) -> torch.Tensor:
        return inputs.batch(rows[start : start + batch_size], training=False)

    return map_ahead(load, range(0, len(rows), batch_size), workers)
