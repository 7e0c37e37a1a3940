"""How a network is trained: everything but the data, the network and the objective."""

from dataclasses import dataclass, fields
from typing import Any

from labelsphere.errors import UsageError
from labelsphere.tagger.optimizers import OPTIMIZERS, SCHEDULES, rate_factor

PRECISIONS = ("auto", "float32", "bfloat16")


@dataclass(frozen=True)
class TrainingSettings:
    """Settings of one training.

    Attributes:
        epochs: Passes over the training images (one image a group, where images are grouped).
        steps: Number of steps instead of epochs, where given.
        batch_size: Images a step, over all devices together.
        rate: Learning rate at its highest.
        optimizer: ``"adamw"`` or ``"rmsprop"``.
        weight_decay: Weight decay.
        schedule: ``"cosine"``, ``"step"`` or ``"constant"``.
        warmup: Share of the steps over which the rate rises.
        clip: Largest norm of the gradient, longer ones are shortened; 0 for none.
        precision: ``"bfloat16"`` runs the network in it, ``"float32"`` does not, ``"auto"`` does
            where the processor multiplies bfloat16 natively.
        seed: Of the first weights, the order of the images and their augmentation.
        checkpoint_every: Steps between checkpoints, where a folder for them is given.

    Raises:
        UsageError: If a setting is out of range or unknown.
    """

    epochs: float = 10.0
    steps: int | None = None
    batch_size: int = 128
    rate: float = 4e-3
    optimizer: str = "adamw"
    weight_decay: float = 0.05
    schedule: str = "cosine"
    warmup: float = 0.1
    clip: float = 0.0
    precision: str = "auto"
    seed: int = 0
    checkpoint_every: int = 500

    def __post_init__(self) -> None:
        """Check every setting before anything is loaded or trained."""
        for name in ("epochs", "batch_size", "rate", "checkpoint_every"):
            self._need(getattr(self, name) > 0, name, "above 0")
        self._need(self.steps is None or self.steps > 0, "steps", "above 0")
        self._need(self.weight_decay >= 0, "weight_decay", "0 or more")
        self._need(self.clip >= 0, "clip", "0 or more")
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
        """Learning rate of a step, counted from 0, of a training of so many."""
        return self.rate * rate_factor(self.schedule, step, steps, self.warmup)

    def to_json(self) -> dict[str, Any]:
        """The settings as JSON types."""
        return {field.name: getattr(self, field.name) for field in fields(self)}
