"""What all methods of a comparison share."""

from dataclasses import dataclass, field
from typing import Any

from labelsphere.errors import UsageError
from labelsphere.tagger import Architecture, TrainingSettings

RATES = (1e-3, 3e-3, 1e-2)
"""Learning rates that every method may choose from."""


@dataclass(frozen=True)
class ComparisonSettings:
    """Backbone, budget, seeds and split of a comparison: the same for every method.

    Attributes:
        architecture: Backbone; the objective in it is replaced by each method's.
        training: Budget and optimizer; rate and seed in it are replaced.
        rates: Learning rates to choose from, on validation, for each method.
        rate_share: Share of the steps that a rate is tried for, each with its own whole schedule.
        seeds: One training of each method for each.
        protocol: Name of the protocol.
        split: Column that names training, validation and test images.
        group: Column whose equal values mark variants of one image, or None.
        evaluations: Evaluations along each training, evenly spread, the last at its end.
        resamples: Bootstrap resamples of the test images.
        examples: Test images shown in the report.

    Raises:
        UsageError: If a setting is out of range.
    """

    architecture: Architecture = field(default_factory=Architecture)
    training: TrainingSettings = field(default_factory=TrainingSettings)
    rates: tuple[float, ...] = RATES
    rate_share: float = 0.25
    seeds: tuple[int, ...] = (0,)
    protocol: str = "full"
    split: str = "split"
    group: str | None = None
    evaluations: int = 10
    resamples: int = 200
    examples: int = 12

    def __post_init__(self) -> None:
        """Check what the parts do not check themselves."""
        if not self.rates or min(self.rates) <= 0:
            raise UsageError(f"rates must be one or more numbers above 0, but got {self.rates}")
        if not 0 < self.rate_share <= 1:
            raise UsageError(f"rate_share must be above 0, up to 1, but got {self.rate_share}")
        if not self.seeds or len(set(self.seeds)) < len(self.seeds) or min(self.seeds) < 0:
            raise UsageError(f"seeds must be distinct numbers from 0, but got {self.seeds}")
        for name in ("evaluations", "resamples"):
            if getattr(self, name) < 1:
                raise UsageError(f"{name} must be 1 or more, but got {getattr(self, name)}")
        if self.examples < 0:
            raise UsageError(f"examples must be 0 or more, but got {self.examples}")

    def to_json(self) -> dict[str, Any]:
        """The settings as JSON types, as the results and the identity of a run hold them."""
        training = self.training.to_json()
        del training["seed"], training["rate"]
        return {
            "backbone": self.architecture.backbone,
            "backbone_options": dict(self.architecture.options or {}),
            **training,
            "rates": list(self.rates),
            "rate_share": self.rate_share,
            "seeds": list(self.seeds),
            "evaluations": self.evaluations,
            "resamples": self.resamples,
        }
