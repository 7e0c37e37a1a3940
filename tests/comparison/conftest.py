"""Comparisons small enough for a test."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import torch

from labelsphere.annotations import Annotations
from labelsphere.arrays import AnyArray
from labelsphere.comparison import ComparisonSettings
from labelsphere.comparison.bench import Bench
from labelsphere.comparison.protocols import full
from labelsphere.tagger import Architecture, TrainingSettings
from labelsphere.tagger.inputs import FeatureInputs


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
def bench(
    tagged_features: Callable[..., tuple[Annotations, AnyArray]],
    small: ComparisonSettings,
    tmp_path: Path,
) -> Bench:
    """What the methods of such a comparison are given."""
    tags, features = tagged_features()
    return Bench(full(tags), FeatureInputs(features), small, tmp_path)
