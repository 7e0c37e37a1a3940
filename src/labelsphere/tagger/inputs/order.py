"""Order of rows in training, a function of the step."""

import numpy as np

from labelsphere.arrays import IntArray
from labelsphere.errors import UsageError


class EpochOrder:
    """Shuffled batches over epochs; any step can be computed, so resuming needs no state.

    Every epoch is shuffled differently. With groups, an epoch has one random member of each group:
    variants of one image count as one, and all of them are used over time.

    Args:
        n_rows: Number of rows.
        batch_size: Rows per step. With fewer rows or groups, a step has all of them.
        seed: Random seed, not negative.
        groups: Group of each row, (n_rows,); None for no groups.
        drop_last: Whether an epoch's last, smaller batch is left out.

    Raises:
        UsageError: If there are no rows, the batch size is below 1, the seed is negative or
            ``groups`` has another length.

    Examples:
        >>> order = EpochOrder(10, batch_size=4, seed=1)
        >>> order.steps_per_epoch, order.rows(0).shape
        (2, (4,))
    """

    def __init__(
        self,
        n_rows: int,
        batch_size: int,
        seed: int = 0,
        groups: IntArray | None = None,
        drop_last: bool = True,
    ) -> None:
        if n_rows < 1:
            raise UsageError("there are no rows to train on; expected at least one")
        if batch_size < 1:
            raise UsageError(f"batch size must be at least 1, but got {batch_size}")
        if seed < 0:
            raise UsageError(f"seed must not be negative, but got {seed}")
        if groups is None:
            groups = np.arange(n_rows)
        elif len(groups) != n_rows:
            raise UsageError(f"groups must be {n_rows}, one per row, but got {len(groups)}")
        _, numbers = np.unique(groups, return_inverse=True)
        self._members = np.argsort(numbers, kind="stable").astype(np.int64)
        self._sizes = np.bincount(numbers)
        self._starts = np.cumsum(self._sizes) - self._sizes
        self._seed = seed
        self._epoch = (-1, self._members[:0])
        self.batch_size = min(batch_size, self.rows_per_epoch)
        whole, rest = divmod(self.rows_per_epoch, self.batch_size)
        self.steps_per_epoch = whole + (rest > 0 and not drop_last)

    @property
    def rows_per_epoch(self) -> int:
        """Number of groups, or of rows without groups."""
        return len(self._sizes)

    def rows(self, step: int) -> IntArray:
        """Return the rows of one step, int64, (batch_size,).

        Args:
            step: Number of the step, from 0 over all epochs.
        """
        epoch, step_of_epoch = divmod(step, self.steps_per_epoch)
        if self._epoch[0] != epoch:
            self._epoch = (epoch, self._draw(epoch))
        start = step_of_epoch * self.batch_size
        return self._epoch[1][start : start + self.batch_size]

    def _draw(self, epoch: int) -> IntArray:
        """Draw one member of each group, in random order."""
        random = np.random.default_rng((self._seed, epoch))
        members = self._members[self._starts + random.integers(0, self._sizes)]
        return random.permutation(members)
