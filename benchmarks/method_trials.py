"""Forms of the sphere beside logistic regression and softmax, on outer folds of training images.

    python benchmarks/method_trials.py DATA/labels/mulan_corel5k DATA/labels/mulan_bibtex

Each folder holds ``labels.parquet`` with a column ``split``, and ``features.npz`` or ``.npy``. The
test images of the tables are never read. Of the training images a sixth is kept back to report on
and 400 to choose the rate and fit the decoder's weights; the rest is trained on: all of it, all of
it with tags lost (``noisy``), or a share of it. Every method has the same network, steps, rates and
fit of its decoder; its rate is the one with the highest average precision per image on the 400.
"""

import argparse
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
import torch
from reporting import table, write_results
from scipy.sparse import csr_array, vstack
from torch import nn

from labelsphere.annotations import Annotations
from labelsphere.arrays import IntArray
from labelsphere.comparison.protocols.noise import noisy_tags
from labelsphere.comparison.protocols.noisy import LOST, WRONG
from labelsphere.metrics import evaluate
from labelsphere.metrics.scores import DenseScores
from labelsphere.recipes import RECIPES
from labelsphere.space import LabelSpace
from labelsphere.tagger import Architecture, Tagger, TrainingSettings
from labelsphere.tagger.decoders import DECODERS, Decoder, DecoderKind, DecoderWeights
from labelsphere.tagger.decoders.sphere import SphereKind
from labelsphere.tagger.inputs import FeatureInputs, read_features
from labelsphere.tagger.label_context import LabelContext
from labelsphere.tagger.objectives import OBJECTIVES, Objective
from labelsphere.tagger.objectives.sphere import Sphere

VALIDATION = 400
PROTOCOLS = ("full", "noisy", "few 10 %")
METRICS = {
    "precision@1": "P@1",
    "precision@5": "P@5",
    "image_ap": "AP per image",
    "class_ap": "AP per class",
    "weighted_map@100": "weighted MAP@100, specific",
}
Values = dict[str, float]


def sphere(labels: LabelContext, **options: float | bool) -> Sphere:
    """The sphere with some of its options."""
    return Sphere(labels, labels.needed_space("sphere"), **options)  # type: ignore[arg-type] # by name


class LogOddsAlone(DecoderKind):
    """The sphere's decoder without tag sets."""

    description = "log-odds of each label"
    reads = SphereKind.reads
    uses_tag_sets = True

    def terms(self, labels: LabelContext, head: nn.Linear) -> tuple[Decoder, ...]:
        """The first term."""
        return SphereKind().terms(labels, head)[:1]


class TagSetsAlone(SphereKind):
    """The sphere's decoder without the labels' own log-odds."""

    def terms(self, labels: LabelContext, head: nn.Linear) -> tuple[Decoder, ...]:
        """The second term."""
        return super().terms(labels, head)[1:]

    def default_weights(self, labels: LabelContext, head: nn.Linear) -> DecoderWeights:
        """The term as it is."""
        return replace(super().default_weights(labels, head), terms=(1.0,))


@dataclass(frozen=True)
class Form:
    """What is compared.

    Attributes:
        objective: Builds it.
        decoder: Its decoder; None for that of the objective.
        limit: The most dimensions of the label space; None for the recipe's.
        fitted: Whether the decoder's weights are fitted; else they are the defaults, as in
            trainings without validation images.
    """

    objective: Callable[[LabelContext], Objective] = sphere
    decoder: DecoderKind | None = None
    limit: int | None = None
    fitted: bool = True


FORMS: dict[str, Form] = {
    "logistic": Form(OBJECTIVES["logistic"].build),
    "softmax": Form(OBJECTIVES["softmax"].build),
    "sphere": Form(),
    "sphere, point alone": Form(partial(sphere, classifier=False)),
    "sphere, point and classifier": Form(partial(sphere, classifier=True)),
    "sphere without cosine": Form(partial(sphere, cosine=0.0)),
    "sphere, cosine once": Form(partial(sphere, cosine=1.0)),
    "sphere, cosine sixteen times": Form(partial(sphere, cosine=16.0)),
    "sphere without the point's likelihood": Form(partial(sphere, likelihood=0.0)),
    "sphere, 512 dimensions": Form(limit=512),
    "logistic, default weights": Form(OBJECTIVES["logistic"].build, fitted=False),
    "softmax, default weights": Form(OBJECTIVES["softmax"].build, fitted=False),
    "sphere, default weights": Form(fitted=False),
    "sphere, decoded by log-odds alone": Form(decoder=LogOddsAlone()),
    "sphere, decoded by tag sets alone": Form(decoder=TagSetsAlone()),
}


@dataclass(frozen=True)
class Trial:
    """One data set under one protocol.

    Attributes:
        tags: The table's training images with all their tags.
        learned: The same with the tags that are trained on.
        counted: Annotations that label spaces and priors are computed from.
        inputs: Feature vectors.
        train: Rows to train on.
        val: Rows to choose the rate and fit the decoder on.
        test: Rows to report on.
        hidden: Width of the network's hidden layer.
    """

    tags: Annotations
    learned: Annotations
    counted: Annotations
    inputs: FeatureInputs
    train: IntArray
    val: IntArray
    test: IntArray
    hidden: int

    @classmethod
    def of(cls, folder: Path, protocol: str, seed: int, hidden: int) -> "Trial":
        """A draw of a data set's training images."""
        everything = Annotations.read(folder / "labels.parquet")
        rows = everything.rows_where("split", "train")
        features = read_features(next(folder.glob("features.np[yz]"))).matrix[rows]
        tags = everything.select(rows)
        random = np.random.default_rng(seed)
        order = random.permutation(tags.n_images)
        ends = np.cumsum([tags.n_images // 6, VALIDATION])
        test, val, train = (np.sort(part) for part in np.split(order, ends))
        learned, counted = tags, tags.select(train)
        if protocol == "noisy":
            mixed = random.permutation(train)
            clean, rest = np.split(mixed, [len(mixed) // 5])
            counts = counted.label_counts()
            noise = noisy_tags(tags.matrix[rest], rest, counts, lost=LOST, wrong=WRONG, seed=seed)
            place = np.arange(tags.n_images)
            place[rest] = tags.n_images + np.arange(len(rest))
            stacked = csr_array(vstack([tags.matrix, noise.matrix], format="csr")[place])
            learned, counted = replace(tags, matrix=stacked), tags.select(np.sort(clean))
        elif protocol.startswith("few"):
            share = float(protocol.split()[1]) / 100
            train = np.sort(random.permutation(train)[: round(share * len(train))])
        inputs = FeatureInputs(features).fitted(train)
        return cls(tags, learned, counted, inputs, train, val, test, hidden)

    def values(self, form: str, rate: float, steps: int, seed: int) -> tuple[float, Values]:
        """Average precision on validation, and the metrics of the images kept back."""
        chosen, space = FORMS[form], None
        recipe = RECIPES["sphere"].space
        if form.startswith("sphere"):
            assert recipe is not None
            options = dict(recipe.options) | ({"limit": chosen.limit} if chosen.limit else {})
            space = LabelSpace.fit(
                self.counted, recipe.method, recipe.dim, recipe.exponent, split="none", **options
            )
        labels = LabelContext.of(self.counted, space)
        name = f"trial of {form}"
        OBJECTIVES[name] = type(name, (Sphere,), {"build": chosen.objective})
        if chosen.decoder is not None:
            DECODERS[name] = chosen.decoder
        decoder = None if chosen.decoder is None else name
        tagger = Tagger(
            Architecture("mlp", {"hidden": self.hidden}, name, decoder),
            labels,
            self.inputs.settings(),
            self.inputs.sample_shape,
            seed=seed,
        )
        settings = TrainingSettings(steps=steps, rate=rate, seed=seed, precision="float32")
        tagger.fit(self.learned, self.inputs, settings, rows=self.train, device="cpu")
        if chosen.fitted:
            tagger.fit_decoder(self.inputs, self.tags.matrix, self.val)
        found = self._judged(tagger, self.test)
        found["weighted_map@100"] = self._judged(tagger, self.test, specific=True)[
            "weighted_map@100"
        ]
        return self._judged(tagger, self.val)["image_ap"], found

    def _judged(self, tagger: Tagger, rows: IntArray, *, specific: bool = False) -> Values:
        decoder = tagger.decoder(specific=specific)
        scores = decoder.scores(tagger.points(self.inputs, rows)).numpy()
        counts = self.tags.select(self.train).label_counts()
        return evaluate(DenseScores(scores), self.tags.matrix[rows], label_counts=counts).values


def main() -> None:
    """Run every form on every data set and protocol, and write the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", nargs="+", type=Path, help="labels.parquet and features.npz")
    parser.add_argument("--protocols", nargs="+", default=PROTOCOLS)
    parser.add_argument("--forms", nargs="+", default=tuple(FORMS), choices=tuple(FORMS))
    parser.add_argument("--rates", nargs="+", type=float, default=(3e-3, 1e-2))
    parser.add_argument("--seeds", nargs="+", type=int, default=(100, 101))
    parser.add_argument("--steps", type=int, default=200)
    parser.add_argument("--hidden", type=int, default=2048, help="width of the hidden layer")
    parser.add_argument("--name", default="method", help="of the result")
    given = parser.parse_args()
    torch.set_num_threads(1)
    lines = [
        "# Forms of the sphere, on outer folds of training images",
        "",
        f"{given.steps} steps of 128 images, {given.hidden} hidden values; "
        f"rates {', '.join(map(str, given.rates))}; means over "
        f"{len(given.seeds)} draws of the images. No test image of any table was read.",
    ]
    results: dict[str, dict[str, Values]] = {}
    for folder in given.folders:
        for protocol in given.protocols:
            title = f"{folder.name}, {protocol}"
            trials = [Trial.of(folder, protocol, seed, given.hidden) for seed in given.seeds]
            results[title] = {form: mean_of(trials, form, given) for form in given.forms}
            rows = [
                [form, *(f"{found[key]:.3f}" for key in METRICS)]
                for form, found in results[title].items()
            ]
            lines += ["", f"## {title}", "", *table(["", *METRICS.values()], rows)]
            print("\n".join(lines[-len(rows) - 4 :]), file=sys.stderr, flush=True)
    write_results(given.name, lines, {"steps": given.steps, **results}, seed=given.seeds[0])


def mean_of(trials: list[Trial], form: str, given: argparse.Namespace) -> Values:
    """Metrics of a form at the rate that is best on validation, averaged over draws."""
    best = []
    for seed, trial in enumerate(trials):
        tried = [trial.values(form, rate, given.steps, seed) for rate in given.rates]
        best.append(max(tried, key=lambda result: result[0])[1])
    return {key: float(np.mean([found[key] for found in best])) for key in METRICS}


if __name__ == "__main__":
    main()
