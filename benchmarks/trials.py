"""What was tried for the sphere, on splits that no result is reported on.

    python benchmarks/trials.py DATA/labels/mulan_corel5k DATA/labels/mulan_bibtex

The test images of the tables are left out. Of the others, an eighth is drawn for testing and a
tenth for validation; the protocol `few` hides all but a tenth of the rest. Each objective gets its
rate and the scale of the prior on validation, as in `labelsphere compare`.
"""

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import torch
from reporting import table, write_results
from torch import nn
from trial_decoders import guessed_sets
from trial_objectives import TRIED, SetLikelihood

from labelsphere.annotations import Annotations
from labelsphere.comparison.protocols import Protocol, apply_protocol
from labelsphere.metrics import evaluate
from labelsphere.recipes import SpaceRecipe
from labelsphere.space import LabelSpace
from labelsphere.tagger.decoders import (
    CONCENTRATIONS,
    Decoder,
    build_decoder,
    log_prior,
    logistic_decoder,
)
from labelsphere.tagger.inputs import FeatureInputs
from labelsphere.tagger.inputs.features import read_features
from labelsphere.tagger.label_context import LabelContext
from labelsphere.tagger.network import FeatureNetwork
from labelsphere.tagger.objectives import OBJECTIVES, Objective
from labelsphere.tagger.objectives.sphere import LOGISTIC, SOFTMAX, Sphere
from labelsphere.tagger.scores import DecodedScores, predict_points
from labelsphere.tagger.settings import TrainingSettings
from labelsphere.tagger.training import TrainingData, train_network

RATES = (1e-3, 3e-3, 1e-2)
SEEDS = (0, 1, 2)
STEPS = 150
SCALES = (-4.0, -2.8, -1.9, -1.3, -0.75, -0.4, -0.22, -0.1, -0.05, 0.0, 0.05, 0.15, 0.3, 0.6, 1.0)
CHOSEN_FOR = ("weighted_map@100", "map@100", "precision@1", "precision@5", "image_ap")
FIGURES = (*CHOSEN_FOR, "class_ap")
RIVALS = ("logistic", "softmax")
Values = dict[str, float]
Build = Callable[[LabelContext], Objective]
Readings = Callable[[LabelContext, Objective, nn.Linear], Sequence[Decoder]]


@dataclass
class Trial:
    """A data set on a split of its own."""

    protocol: Protocol
    inputs: FeatureInputs
    labels: LabelContext
    _trained: dict[Any, tuple[Objective, FeatureNetwork]] = field(default_factory=dict)

    @classmethod
    def of(cls, folder: Path, seed: int = 7) -> "Trial":
        """Draw the split, and fit the recommended space."""
        whole = Annotations.read(folder / "labels.parquet")
        kept = np.flatnonzero(whole.columns["split"].to_numpy() != "test")
        tags = whole.select(kept)
        parts = np.full(len(kept), "train", dtype=object)
        order = np.random.default_rng(seed).permutation(len(kept))
        parts[order[: len(kept) // 8]] = "test"
        parts[order[len(kept) // 8 :][: len(kept) // 10]] = "val"
        columns = tags.columns.with_columns(split=pl.Series(list(parts)))
        protocol = apply_protocol("few", replace(tags, columns=columns))
        inputs = FeatureInputs(read_features(folder / "features.npz").matrix[kept])
        recipe = SpaceRecipe("smoothed", None, 0.25)
        space = LabelSpace.fit(protocol.calibration, recipe.method, None, recipe.exponent)
        labels = LabelContext.of(protocol.calibration, space)
        return cls(protocol, inputs.fitted(protocol.train), labels)

    def trained(self, build: Build, rate: float, seed: int) -> tuple[Objective, FeatureNetwork]:
        """An objective and a perceptron trained for it, once for all ways to read it."""
        key = (build, rate, seed)
        if key not in self._trained:
            objective = build(self.labels)
            self._trained[key] = objective, self._fit(objective, rate, seed)
        return self._trained[key]

    def _fit(self, objective: Objective, rate: float, seed: int) -> FeatureNetwork:
        torch.manual_seed(seed)
        network = FeatureNetwork(self.inputs.sample_shape[0], objective.width)
        objective.initialise(network.head)
        rows = self.protocol.train
        settings = TrainingSettings(
            rate=rate, seed=seed, steps=STEPS, batch_size=min(128, len(rows)), precision="float32"
        )
        data = TrainingData(self.inputs, self.protocol.learned, rows)
        train_network(network, objective, data, settings)
        return network

    def judged(self, network: FeatureNetwork, readings: Sequence[Decoder]) -> tuple[float, Values]:
        """The score on validation, and the figures on test, each with its best reading and scale.

        AP per class has no scale to choose, since each moves all images of a tag alike.
        """
        prior = log_prior(self.labels.counts, self.labels.n_images)
        scaled = [(reading, scale) for reading in readings for scale in SCALES]
        decoders = [reading.plus(scale * prior) for reading, scale in scaled]
        on_val = [self._values(network, each, self.protocol.val) for each in decoders]

        def best_for(figure: str, places: Sequence[int]) -> int:
            return max(places, key=lambda at: (on_val[at][figure], -abs(scaled[at][1])))

        best = {figure: best_for(figure, range(len(scaled))) for figure in CHOSEN_FOR}
        score = prod(on_val[at][figure] for figure, at in best.items()) ** (1 / len(best))
        plain = [at for at, (_, scale) in enumerate(scaled) if not scale]
        best["class_ap"] = best_for("class_ap", plain)
        test = {
            at: self._values(network, decoders[at], self.protocol.test) for at in {*best.values()}
        }
        return score, {figure: test[at][figure] for figure, at in best.items()}

    def _values(self, network: FeatureNetwork, decoder: Decoder, rows: Any) -> Values:
        points = predict_points(network, self.inputs, rows, features=decoder.features)
        counted = self.protocol.counted
        return evaluate(
            DecodedScores(points, decoder),
            self.protocol.tags.matrix[rows],
            label_counts=counted.label_counts(),
            n_images=counted.n_images,
        ).values


def best_of_rates(trial: Trial, build: Build, readings: Readings) -> Values:
    """Figures with the rate that is best on validation, means over seeds."""

    def run(rate: float, seed: int) -> tuple[float, Values]:
        objective, network = trial.trained(build, rate, seed)
        return trial.judged(network, readings(trial.labels, objective, network.head))

    first = {rate: run(rate, SEEDS[0]) for rate in RATES}
    rate = max(first, key=lambda key: first[key][0])
    runs = [first[rate][1], *(run(rate, seed)[1] for seed in SEEDS[1:])]
    return {figure: float(np.mean([values[figure] for values in runs])) for figure in FIGURES}


def as_trained(_: LabelContext, objective: Objective, head: nn.Linear) -> list[Decoder]:
    """An objective's own decoder."""
    return [objective.decoder(head)]


def named(*names: str) -> Readings:
    """Decoders by name, of which each figure gets the one that is best on validation."""

    def build(labels: LabelContext, objective: Objective, head: nn.Linear) -> list[Decoder]:
        return [build_decoder(name, labels, head, outputs=objective.outputs) for name in names]

    return build


def guessed(labels: LabelContext, _: Objective, head: nn.Linear) -> list[Decoder]:
    """A classifier's guesses, mixed to a point that tag sets are read off, plain ones beside."""
    return [logistic_decoder(head), *(guessed_sets(labels, κ) for κ in CONCENTRATIONS)]


def candidates() -> dict[str, tuple[Build, Readings]]:
    """Rivals first, then what was kept, then what was not."""
    kept = {name: (OBJECTIVES[name].build, as_trained) for name in (*RIVALS, "cosine", "posterior")}
    sets = tuple(f"tag_sets_{κ}" for κ in CONCENTRATIONS)
    means = tuple(f"both_and_{name}" for name in sets)
    three = ("both", "point", "classifier")
    sphere = OBJECTIVES["sphere"].build
    read = {f"sphere read by {name}": (sphere, named(name)) for name in (*three, *sets, *means)}
    read |= {
        "sphere, the best of all of these": (sphere, named(*three, *sets, *means)),
        "sphere, the best of the first seven": (sphere, named(*three, *sets)),
        "sphere, the best of the first three": (sphere, named(*three)),
        "cosine, the best of its own and tag sets": (
            OBJECTIVES["cosine"].build,
            named("cosine", *sets),
        ),
        "logistic, the best of its own and tag sets": (OBJECTIVES["logistic"].build, guessed),
    }
    read["sphere with tag sets in its loss, the best of all"] = (
        SetLikelihood.build,
        named(*three, *sets, *means),
    )
    without = {
        "without softmax": weighted(LOGISTIC, 0.0),
        "without logistic": weighted(0.0, SOFTMAX),
    }
    lesser = {
        f"sphere {told}, read by {name}": (build, named(name))
        for told, build in without.items()
        for name in ("point", "both")
    }
    return kept | read | lesser | {name: (build, as_trained) for name, build in TRIED.items()}


def weighted(logistic: float, softmax: float) -> Build:
    """The sphere with other weights of its classifier's losses."""
    return lambda labels: Sphere(labels, labels.needed_space("sphere"), logistic, softmax)


def main() -> None:
    """Run all trials and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", type=Path, nargs="+")
    given = parser.parse_args()
    found: dict[str, dict[str, Values]] = {}
    for folder in given.folders:
        trial = Trial.of(folder)
        found[folder.name] = {}
        for name, (build, readings) in candidates().items():
            found[folder.name][name] = best_of_rates(trial, build, readings)
            print(f"{folder.name}: {name}", flush=True)
    write_results("trials", ["# What was tried for the sphere", "", *lines(found)], found)


def lines(found: dict[str, dict[str, Values]]) -> list[str]:
    """A table for each data set: figures, and how far each is above the best rival."""
    told = [
        "A tenth of the images, 150 steps, on splits of the training and validation images alone; "
        f"means of {len(SEEDS)} seeds, each figure with the scale of the prior that is best on "
        "validation. In brackets: over the better of logistic and softmax.",
        "",
    ]
    for name, values in found.items():
        best = {figure: max(values[rival][figure] for rival in RIVALS) for figure in FIGURES}
        rows = [
            [trial, *(f"{of[f]:.4f} ({100 * (of[f] / best[f] - 1):+.1f} %)" for f in FIGURES)]
            for trial, of in values.items()
        ]
        told += [f"## {name}", "", *table(["objective", *FIGURES], rows), ""]
    return told


if __name__ == "__main__":
    main()
