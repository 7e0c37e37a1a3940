"""Settings that all methods of a comparison share."""

from dataclasses import dataclass, field
from pathlib import Path

from labelsphere.annotations.splits import SPLIT_COLUMN
from labelsphere.comparison.protocols import PROTOCOLS
from labelsphere.errors import UsageError
from labelsphere.json_types import Json
from labelsphere.tagger import Architecture, TrainingSettings
from labelsphere.tagger.network import FEATURE_BACKBONE
from labelsphere.tagger.pretrained import PretrainedWeights

_NO_OPTION = {"option": False}

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
            Short trials favour high rates: a rate may win a quarter of a training and lose the
            whole. At 1 the trial is the training itself, and none is done twice.
        seeds: One training of each method for each.
        budgets: Shares of the steps that every method is trained for at most, each with its own
            whole schedule and its own choice of a rate; 1 is always among them.
        protocol: Which images and tags are used for what, with variations as in few+share=0.05.
        split: Column that names training, validation and test images.
        group: Column whose equal values mark variants of one image: one of each is used an epoch.
        evaluations: Evaluations on the validation images along each training, evenly spread, the
            last at its end; the best of these states is kept.
        resamples: Bootstrap resamples of the test images.
        examples: Test images shown in the report.
        baselines: Names of the methods that the others are measured against; all without a label
            space if none are named.
        equal_decoders: Whether to add the appendix on equal decoders for logistic regression and
            the paper's method.
        pretrained: What backbones begin with, see `labelsphere.tagger.network.build_network`.
        frozen: Backbone whose features of the pictures all methods are trained on; computed once.
            The architecture is that of the network on the features, ``"mlp"``.
        feature_cache: Folder to keep these features in, see
            `labelsphere.tagger.features.feature_cache`; None keeps nothing.
        device: auto (a GPU where there is one) or cpu.
        workers: Batches prepared ahead of the network.

    Raises:
        UsageError: If a setting is out of range.
    """

    architecture: Architecture = field(default_factory=Architecture, metadata=_NO_OPTION)
    training: TrainingSettings = field(default_factory=TrainingSettings, metadata=_NO_OPTION)
    protocol: str = field(default="full", metadata={"choices": tuple(PROTOCOLS)})
    split: str = SPLIT_COLUMN
    group: str | None = None
    rates: tuple[float, ...] = RATES
    rate_share: float = 0.25
    seeds: tuple[int, ...] = (0,)
    budgets: tuple[float, ...] = (1.0,)
    evaluations: int = 10
    resamples: int = 200
    examples: int = 12
    baselines: tuple[str, ...] | None = None
    equal_decoders: bool = False
    pretrained: bool | str | Path = field(default=False, metadata=_NO_OPTION)
    frozen: PretrainedWeights | None = field(default=None, metadata=_NO_OPTION)
    feature_cache: Path | None = field(default=None, metadata=_NO_OPTION)
    device: str = "auto"
    workers: int = 0

    def __post_init__(self) -> None:
        """Check every setting."""
        self._check("rates", self.rates and min(self.rates) > 0, "one or more numbers above 0")
        self._check("rate_share", 0 < self.rate_share <= 1, "above 0, up to 1")
        distinct = self.seeds and len(set(self.seeds)) == len(self.seeds) and min(self.seeds) >= 0
        self._check("seeds", distinct, "distinct numbers from 0")
        shares = self.budgets and min(self.budgets) > 0 and max(self.budgets) == 1
        self._check("budgets", shares, "shares above 0, 1 among them as the largest")
        for name, least in (("workers", 0), ("examples", 0), ("evaluations", 1), ("resamples", 1)):
            self._check(name, getattr(self, name) >= least, f"{least} or more")
        if self.frozen is not None and self.architecture.backbone != FEATURE_BACKBONE:
            raise UsageError(
                f"methods on features of a frozen backbone need backbone {FEATURE_BACKBONE!r}, "
                f"but got {self.architecture.backbone!r}"
            )

    def _check(self, name: str, allowed: object, expected: str) -> None:
        if not allowed:
            raise UsageError(f"{name} must be {expected}, but got {getattr(self, name)}")

    def to_json(self) -> dict[str, Json]:
        """The settings as JSON types, as the results and the identity of a run hold them."""
        training = self.training.to_json()
        del training["seed"], training["rate"]
        return {
            "backbone": self.architecture.backbone,
            "backbone_options": dict(self.architecture.options or {}),
            **training,
            "rates": list(self.rates),
            "rate_share": self.rate_share,
            "budgets": sorted(set(self.budgets)),
            "seeds": list(self.seeds),
            "pretrained": str(self.pretrained) if self.pretrained else "no",
            "frozen": None if self.frozen is None else self.frozen.description,
            "evaluations": self.evaluations,
            "resamples": self.resamples,
        }
