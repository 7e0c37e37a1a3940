"""How long trainings are, the same for every method."""

import numpy as np

from labelsphere.comparison.bench import Bench


def total_steps(bench: Bench) -> int:
    """Steps of a whole training, the same for every method."""
    steps_per_epoch = images_per_epoch(bench) // batch_size(bench)
    return bench.settings.training.total_steps(steps_per_epoch)


def budget_steps(bench: Bench, share: float) -> int:
    """Steps of a training with a share of the budget."""
    return max(1, round(share * total_steps(bench)))


def rate_steps(bench: Bench, share: float = 1.0) -> int:
    """Steps of the training that tries a rate for a share of the budget."""
    return max(1, round(bench.settings.rate_share * budget_steps(bench, share)))


def batch_size(bench: Bench) -> int:
    """Images a step: all of them where there are fewer than were asked for."""
    return min(bench.settings.training.batch_size, images_per_epoch(bench))


def images_per_epoch(bench: Bench) -> int:
    """Training images, or groups of them where one of each is taken an epoch."""
    group, rows = bench.settings.group, bench.protocol.train
    return len(rows if group is None else np.unique(bench.protocol.tags.groups(group)[rows]))
