"""Optimizers and learning rate schedules."""

import math
from typing import Any

from torch import nn
from torch.optim import Optimizer

from labelsphere.errors import UsageError

OPTIMIZERS: dict[str, dict[str, Any]] = {
    # The fused form makes one pass over the weights. On a CPU it takes a sixth of the time of
    # PyTorch's default, which is a third of a step of a head with 10 million weights.
    "adamw": {"opt": "adamw", "betas": (0.9, 0.99), "fused": True},
    # TensorFlow's form: epsilon inside the root, and squared averages that start at one. Decay,
    # momentum and epsilon are those of Inception v3's training (Szegedy et al. 2015, section 8).
    "rmsprop": {"opt": "rmsproptf", "alpha": 0.9, "momentum": 0.9, "eps": 1.0},
}
SCHEDULES = ("cosine", "step", "constant")

_STEPS_OF_DECAY = 50
_DECAY = 0.94


def build_optimizer(name: str, network: nn.Module, rate: float, weight_decay: float) -> Optimizer:
    """Build an optimizer without weight decay for biases and normalisation layers.

    Args:
        name: ``"adamw"`` or ``"rmsprop"`` (TensorFlow's form, as in the paper).
        network: The network to train.
        rate: Learning rate.
        weight_decay: Weight decay, decoupled for AdamW.

    Raises:
        UsageError: If the name is unknown.
    """
    if name not in OPTIMIZERS:
        raise UsageError(f"optimizer must be one of {', '.join(OPTIMIZERS)}, but got {name!r}")
    # Imported here because timm takes seconds to import, and tagging needs no optimizer.
    from timm.optim import create_optimizer_v2  # type: ignore[attr-defined] # public, not marked so

    optimizer: Optimizer = create_optimizer_v2(
        network, lr=rate, weight_decay=weight_decay, **OPTIMIZERS[name]
    )
    return optimizer


def rate_factor(schedule: str, step: int, steps: int, warmup: float) -> float:
    """Compute the factor of the learning rate at a step, a function of the step only.

    Args:
        schedule: ``"cosine"`` decays to zero; ``"step"`` multiplies by 0.94 after every fiftieth of
            the training, as Inception v3 did every two of its hundred epochs; or ``"constant"``.
        step: Number of the step, from 0.
        steps: Number of all steps.
        warmup: Share of the steps over which the rate increases from zero.

    Returns:
        A factor in (0, 1].

    Raises:
        UsageError: If the schedule is unknown.
    """
    if schedule not in SCHEDULES:
        raise UsageError(f"schedule must be one of {', '.join(SCHEDULES)}, but got {schedule!r}")
    rising = max(1, round(warmup * steps))
    if warmup > 0 and step < rising:
        return (step + 1) / (rising + 1)
    if schedule == "constant":
        return 1.0
    since = rising if warmup > 0 else 0
    if schedule == "cosine":
        done = min(1.0, (step - since) / max(1, steps - since))
        return 0.5 * (1 + math.cos(math.pi * done))
    decays: int = _STEPS_OF_DECAY * (step - since) // max(1, steps - since)
    return _DECAY**decays
