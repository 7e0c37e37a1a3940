"""Comparisons small enough for a test."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import torch

from labelsphere.annotations import Annotations
from labelsphere.arrays import AnyArray
from labelsphere.comparison import ComparisonSettings
from labelsphere.comparison.experiment import Experiment
from labelsphere.comparison.protocols import full
from labelsphere.comparison.results import (
    REPORTED_METRICS,
    Budget,
    Choice,
    ComparisonResults,
    Diverged,
    EqualDecoders,
    Example,
    ExampleTag,
    Measured,
    MethodResult,
    MetricDifference,
    Neighbors,
    Reached,
    Run,
    Trial,
)
from labelsphere.metrics import metric_definitions
from labelsphere.tagger import Architecture, TrainingSettings
from labelsphere.tagger.decoders import DecoderWeights
from labelsphere.tagger.inputs import FeatureInputs
from labelsphere.tagger.report import MetricValue
from labelsphere.tagger.validation_point import ValidationPoint


@pytest.fixture(autouse=True)
def one_thread() -> None:
    """Tiny networks are fastest so, and sums are taken in one order."""
    torch.set_num_threads(1)


@pytest.fixture(scope="session")
def tagged_features() -> Callable[..., tuple[Annotations, AnyArray]]:
    """Pairs of tags, feature vectors that show them, and a split."""

    def make(rows: int = 120, seed: int = 0) -> tuple[Annotations, AnyArray]:
        random = np.random.default_rng(seed)
        pairs = random.integers(0, 6, (rows, 2))
        truth = np.zeros((rows, 12))
        for row, pair in enumerate(pairs):
            truth[row, np.concatenate([2 * pair, 2 * pair + 1])] = 1
        features = truth @ random.normal(size=(12, 10)) + 0.1 * random.normal(size=(rows, 10))
        lists = [[f"tag {n:02d}" for n in np.flatnonzero(row)] for row in truth]
        split = np.array(["train"] * 6 + ["val"] * 2 + ["test"] * 2)[np.arange(rows) % 10]
        tags = replace(Annotations.from_lists(lists), columns=pl.DataFrame({"split": split}))
        return tags, features.astype(np.float32)

    return make


@pytest.fixture
def small() -> ComparisonSettings:
    """A perceptron for a few steps."""
    return ComparisonSettings(
        Architecture("mlp", {"hidden": 16}),
        TrainingSettings(steps=12, batch_size=16, precision="float32", checkpoint_every=4),
        rates=(3e-3, 3e-2),
        seeds=(0, 1),
        evaluations=3,
        resamples=10,
        examples=4,
    )


@pytest.fixture
def experiment(
    tagged_features: Callable[..., tuple[Annotations, AnyArray]],
    small: ComparisonSettings,
    tmp_path: Path,
) -> Experiment:
    """What the methods of such a comparison are given."""
    tags, features = tagged_features()
    return Experiment(full(tags), FeatureInputs(features), small, tmp_path)


@pytest.fixture(scope="session")
def make_results() -> Callable[..., ComparisonResults]:
    """Invented results of the right form, to try the report on."""
    return invented_results


@pytest.fixture
def example_results() -> ComparisonResults:
    """Such results of three methods."""
    return invented_results()


METRIC_LEVELS = {
    "map@100": 0.107,
    "weighted_map@100": 0.214,
    "precision@1": 0.399,
    "precision@5": 0.221,
    "recall@10": 0.412,
    "image_ap": 0.291,
    "class_ap": 0.0643,
}
STRENGTHS = {"logistic": 1.0, "sphere": 1.1, "paper": 0.8}
TITLES = {"logistic": "Logistic regression", "sphere": "Sphere", "paper": "The paper"}


def invented_results(
    methods: Sequence[str] = ("logistic", "sphere", "paper"),
    seeds: int = 2,
    *,
    budgets: bool = True,
    picture: str | None = None,
) -> ComparisonResults:
    """Each method's values are the levels times its strength."""
    found = tuple(_method(name, seeds, budgets=budgets) for name in methods)
    predictions = {m: (ExampleTag("sky", 0.9), ExampleTag("fish", 0.1)) for m in methods}
    return ComparisonResults(
        labelsphere="0.1",
        created="2026-01-01T00:00:00+00:00",
        command="labelsphere compare tags.csv",
        machine={"processor": "a processor", "cores": 2},
        versions={"torch": "2"},
        data={"images": {"train": 19228, "val": 2344, "test": 2298}, "labels": 3344},
        settings={"steps": 1600, "rates": [0.001, 0.01]},
        definitions={key: metric_definitions()[key] for key in METRIC_LEVELS},
        delivered={method.name: _estimates(method.name) for method in found},
        methods=found,
        diverged=(Diverged("focal", "Focal loss", 1.0, 0, 5, "the loss became nan"),),
        examples=(Example("image 1", picture, ("sky", "sea"), predictions),),
        neighbors=(Neighbors("sky", (ExampleTag("sea", 0.8),)),),
        equal_decoders=EqualDecoders(
            "paper",
            "logistic",
            {name: dict.fromkeys(REPORTED_METRICS, (-0.1, 0.0)) for name in ("paper", "logistic")},
            dict.fromkeys(REPORTED_METRICS, MetricDifference("logistic", 0.4, -0.05, -0.07, -0.03)),
        ),
    )


def _estimates(name: str) -> dict[str, MetricValue]:
    values = {key: STRENGTHS[name] * level for key, level in METRIC_LEVELS.items()}
    return {
        key: MetricValue(v, round(v - 0.01, 9), round(v + 0.01, 9)) for key, v in values.items()
    }


def _method(name: str, seeds: int, *, budgets: bool) -> MethodResult:
    values = {key: estimate.value for key, estimate in _estimates(name).items()}
    measured = Measured(values, {"1-9": values, "10-29": values})
    curve = tuple(
        ValidationPoint(s, s / 100, {k: v * s / 20 for k, v in values.items()}) for s in (10, 20)
    )
    choice = Choice(0.01, 1600, (Trial(0.001, 1600, 0.2), Trial(0.01, 1600, 0.3)))
    gains = {key: values[key] - METRIC_LEVELS[key] for key in REPORTED_METRICS}
    against = {
        key: MetricDifference("logistic", METRIC_LEVELS[key], gain, gain - 0.001, gain + 0.001)
        for key, gain in gains.items()
    }
    share = 0.5 if name == "sphere" else None
    reached = {key: Reached("logistic", METRIC_LEVELS[key], share) for key in REPORTED_METRICS}
    baseline = name == "logistic"
    return MethodResult(
        name,
        TITLES[name],
        {"objective": name},
        baseline,
        1000,
        100,
        0,
        choice,
        tuple(
            Run(
                seed,
                0.01,
                1600,
                20,
                9.0,
                0.5,
                DecoderWeights((0.5, 1.0), 0.1, -0.7),
                curve,
                measured,
                measured,
            )
            for seed in range(seeds)
        ),
        tuple(Budget(share, choice, 9 * share, _estimates(name)) for share in (0.5, 1.0))
        if budgets
        else (),
        {} if baseline else against,
        reached if budgets and not baseline else {},
    )
