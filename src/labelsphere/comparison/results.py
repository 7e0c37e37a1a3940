"""Results of a comparison, as ``results.json`` holds them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from labelsphere.artefact import new_file
from labelsphere.errors import ArtefactError
from labelsphere.json_types import Json, from_json, to_json
from labelsphere.tagger.decoders import DecoderWeights
from labelsphere.tagger.report import MetricValue
from labelsphere.tagger.validation_point import ValidationPoint

FORMAT = "labelsphere.comparison"
VERSION = 3

REPORTED_METRICS = (
    "precision@1",
    "precision@5",
    "image_ap",
    "class_ap",
    "map@100",
    "weighted_map@100",
)
"""What methods are judged by: what users of one image read first, the paper's last."""

SPECIFIC_METRICS = ("map@100", "weighted_map@100")
"""Metrics that are judged with the ``specific`` decoder; all others with the default one."""


@dataclass(frozen=True)
class MetricDifference:
    """Difference between a method and the best baseline.

    Attributes:
        baseline: Name of the baseline with the highest value on the test images.
        baseline_value: Its value, over the seeds that both have.
        difference: The method's value less the baseline's.
        low: Lower end of the 95 % interval, over test images and seeds.
        high: Upper end.
    """

    baseline: str
    baseline_value: float
    difference: float
    low: float
    high: float

    @property
    def verdict(self) -> str:
        """``"ahead"`` or ``"behind"`` where the interval leaves 0 out, else ``"level"``."""
        return "ahead" if self.low > 0 else "behind" if self.high < 0 else "level"


@dataclass(frozen=True)
class Measured:
    """Metrics of one trained tagger with one decoder.

    Attributes:
        values: By metric.
        by_frequency: By bucket of training counts, then by metric.
        resampled: By metric, over each bootstrap draw of the test images; None where a draw has
            nothing to average over. Empty in ``results.json``: the runs' files keep it.
    """

    values: Mapping[str, float]
    by_frequency: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    resampled: Mapping[str, tuple[float | None, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Run:
    """One training of a method, judged on the test images.

    Attributes:
        seed: Of first weights and order of images.
        rate: Learning rate.
        steps: Steps trained.
        best_step: The step whose weights were kept, by AP per image on the validation images.
        seconds: Training time.
        peak_memory_gib: The most memory held.
        weights: Of the decoder.
        curve: Metrics on the validation images along the training.
        default: Metrics on the test images with the default decoder.
        specific: The same with the ``specific`` decoder.
    """

    seed: int
    rate: float
    steps: int
    best_step: int
    seconds: float
    peak_memory_gib: float
    weights: DecoderWeights | None
    curve: tuple[ValidationPoint, ...]
    default: Measured
    specific: Measured

    def judged_by(self, metric: str) -> Measured:
        """The metrics with the decoder that the metric is judged with."""
        return self.specific if metric in SPECIFIC_METRICS else self.default

    def delivered(self) -> dict[str, float]:
        """Every metric with the decoder that it is judged with."""
        return {key: self.judged_by(key).values[key] for key in self.default.values}


@dataclass(frozen=True)
class Trial:
    """A learning rate and a number of steps that were tried, and the score on validation."""

    rate: float
    steps: int
    score: float


@dataclass(frozen=True)
class Choice:
    """Learning rate and steps of a method, with what they were chosen from."""

    rate: float
    steps: int
    trials: tuple[Trial, ...] = ()


@dataclass(frozen=True)
class Budget:
    """Result of a method with a share of the steps.

    Attributes:
        share: Share of the steps that its trainings may take at most.
        choice: Rate and steps chosen within it.
        seconds: Mean training time.
        delivered: By metric: the mean over seeds, and its interval over the test images.
    """

    share: float
    choice: Choice
    seconds: float
    delivered: Mapping[str, MetricValue]


@dataclass(frozen=True)
class Reached:
    """The smallest budget with which a method has the best baseline's final value.

    Attributes:
        baseline: Name of the baseline that is best with all of the steps.
        target: Its value.
        share: The smallest share of the steps with a mean at or above it; None if there is none.
    """

    baseline: str
    target: float
    share: float | None


@dataclass(frozen=True)
class MethodResult:
    """One method of a comparison.

    Attributes:
        name: As given, see `labelsphere.recipes.RECIPES`.
        title: What reports call it.
        recipe: Objective, label space and decoder.
        baseline: Whether the others are measured against it.
        parameters: Of its network.
        head_parameters: Those of the last layer.
        images_without_target: Training images that it has nothing to learn from.
        choice: Rate and steps.
        runs: One a seed.
        budgets: By rising share, where there is more than one.
        differences: By metric, from the best baseline; empty where there is no other baseline.
        reached: By metric.
    """

    name: str
    title: str
    recipe: Mapping[str, Json]
    baseline: bool
    parameters: int
    head_parameters: int
    images_without_target: int
    choice: Choice
    runs: tuple[Run, ...]
    budgets: tuple[Budget, ...] = ()
    differences: Mapping[str, MetricDifference] = field(default_factory=dict)
    reached: Mapping[str, Reached] = field(default_factory=dict)


@dataclass(frozen=True)
class Diverged:
    """A training whose loss was no longer a number."""

    name: str
    title: str
    rate: float
    seed: int
    steps: int
    reason: str


@dataclass(frozen=True)
class ExampleTag:
    """A predicted tag and its score."""

    label: str
    score: float


@dataclass(frozen=True)
class Example:
    """A test image, its tags, and what each method predicts.

    Attributes:
        image_id: Its id in the table.
        picture: The picture as a data address, or None where there is none to show.
        truth: Its tags.
        predictions: By method's name, best first.
    """

    image_id: str
    picture: str | None
    truth: tuple[str, ...]
    predictions: Mapping[str, tuple[ExampleTag, ...]]


@dataclass(frozen=True)
class Neighbors:
    """The labels nearest to one in a label space, with their cosine similarity as score."""

    label: str
    neighbors: tuple[ExampleTag, ...]


@dataclass(frozen=True)
class EqualDecoders:
    """A method against logistic regression when each metric gets its own weight of the prior.

    Attributes:
        method: The method compared.
        baseline: What it is compared with.
        scales: By method's name, then by metric: the weight chosen for each seed.
        differences: By metric.
    """

    method: str
    baseline: str
    scales: Mapping[str, Mapping[str, tuple[float, ...]]]
    differences: Mapping[str, MetricDifference]


@dataclass(frozen=True)
class ComparisonResults:
    """Everything that a comparison finds.

    Attributes:
        labelsphere: Version.
        created: Date and time, ISO 8601.
        command: The command that repeats it.
        machine: What it ran on.
        versions: Of the packages that matter.
        data: Protocol, split, number of images and labels, notes.
        settings: Backbone, budget, seeds.
        definitions: One sentence a metric.
        delivered: By method and metric: the tagger that ``labelsphere train`` gives, mean over
            seeds, with its interval over the test images.
        methods: In the order given.
        diverged: Trainings whose loss was no longer a number.
        examples: Test images.
        neighbors: The first label space's nearest labels.
        equal_decoders: The appendix, where it was asked for.
    """

    labelsphere: str
    created: str
    command: str
    machine: Mapping[str, Json]
    versions: Mapping[str, str]
    data: Mapping[str, Json]
    settings: Mapping[str, Json]
    definitions: Mapping[str, str]
    delivered: Mapping[str, Mapping[str, MetricValue]]
    methods: tuple[MethodResult, ...]
    diverged: tuple[Diverged, ...] = ()
    examples: tuple[Example, ...] = ()
    neighbors: tuple[Neighbors, ...] = ()
    equal_decoders: EqualDecoders | None = None

    def write(self, path: Path) -> None:
        """Write ``results.json``, whole or not at all."""
        content = {"format": FORMAT, "format_version": VERSION, **to_json(self)}
        with new_file(path) as beside:
            text = json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False)
            beside.write_text(text + "\n", encoding="utf-8")

    @classmethod
    def read(cls, path: Path) -> "ComparisonResults":
        """Read ``results.json``.

        Raises:
            ArtefactError: If the file is missing, damaged, or of another format or version.
        """
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
            found = (content["format"], content["format_version"])
            if found != (FORMAT, VERSION):
                raise ArtefactError(
                    f"{path} is of format {found[0]}, version {found[1]}; expected {FORMAT}, "
                    f"version {VERSION}: run the comparison again with this version"
                )
            return from_json(cls, content)
        except (OSError, ValueError, LookupError, TypeError) as error:
            raise ArtefactError(f"{path} holds no results of a comparison ({error})") from error

    def title_of(self, name: str) -> str:
        """A method's title, or its name if it is not among the results."""
        return next((method.title for method in self.methods if method.name == name), name)
