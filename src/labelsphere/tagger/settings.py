"""How a network is trained: everything but the data, the network and the objective."""

import math
from dataclasses import dataclass, field, fields

from labelsphere.errors import UsageError
from labelsphere.json_types import Json
from labelsphere.tagger.optimizers import OPTIMIZERS, SCHEDULES, rate_factor

PRECISIONS = ("auto", "float32", "bfloat16")


@dataclass(frozen=True)
class TrainingSettings:
    """Settings of one training.

    Attributes:
        epochs: Passes over the training images (one image a group, where images are grouped).
        steps: Number of steps, in place of epochs.
        batch_size: Images a step, over all devices together.
        rate: Highest learning rate.
        optimizer: The optimizer.
        weight_decay: Weight decay.
        schedule: How the learning rate falls.
        warmup: Share of the steps over which the learning rate rises.
        clip: Largest norm of the gradient, longer ones are shortened; 0 for none.
        precision: Number format of the network; auto is bfloat16 where the hardware multiplies it.
        seed: Seed of every random choice.
        checkpoint_every: Steps between checkpoints.

    Raises:
        UsageError: If a setting is out of range or unknown.
    """

    epochs: float = 10.0
    steps: int | None = None
    batch_size: int = 128
    rate: float = 4e-3
    optimizer: str = field(default="adamw", metadata={"choices": tuple(OPTIMIZERS)})
    weight_decay: float = 0.05
    schedule: str = field(default="cosine", metadata={"choices": SCHEDULES})
    warmup: float = 0.1
    clip: float = 0.0
    precision: str = field(default="auto", metadata={"choices": PRECISIONS})
    seed: int = field(default=0, metadata={"min": 0})
    checkpoint_every: int = 500

    def __post_init__(self) -> None:
        """Check every setting before anything is loaded or trained."""
        for name in ("epochs", "batch_size", "rate", "checkpoint_every"):
            self._need(0 < getattr(self, name) < math.inf, name, "above 0 and finite")
        self._need(self.steps is None or self.steps > 0, "steps", "above 0")
        for name in ("weight_decay", "clip"):
            self._need(0 <= getattr(self, name) < math.inf, name, "0 or more and finite")
        self._need(0 <= self.warmup < 1, "warmup", "a share from 0 to below 1")
        self._need(0 <= self.seed < 1 << 32, "seed", "from 0 to below 2³²")
        for name, choices in (
            ("optimizer", OPTIMIZERS),
            ("schedule", SCHEDULES),
            ("precision", PRECISIONS),
        ):
            self._need(getattr(self, name) in choices, name, f"one of {', '.join(choices)}")

    def _need(self, condition: bool, name: str, expected: str) -> None:
        if not condition:
            raise UsageError(f"{name} must be {expected}, but got {getattr(self, name)!r}")

    def total_steps(self, steps_per_epoch: int) -> int:
        """Number of steps of the whole training."""
        if self.steps is not None:
            return self.steps
        return max(1, round(self.epochs * steps_per_epoch))

    def rate_at(self, step: int, steps: int) -> float:
        """Learning rate at a step, counted from 0, of a training of ``steps`` steps."""
        return self.rate * rate_factor(self.schedule, step, steps, self.warmup)

    def to_json(self) -> dict[str, Json]:
        """The settings as JSON types."""
        return {each.name: getattr(self, each.name) for each in fields(self)}
