"""Tags held out of a training, placed from their counts, and ranked beside trained ones (§3.3.1).

    python benchmarks/zero_shot.py FOLDER [FOLDER…]

Each folder holds ``labels.parquet`` with a column ``split``, and ``features.npz`` or ``.npy``. A
share of the tags is drawn, their columns are taken out of the training, a tagger is trained on the
rest, and the tags come back by their co-occurrence with the others in the training images alone.
Of the training images 400 are kept back for the weights of the decoder.
"""

import argparse
import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import reporting
from scipy.special import expit
from scipy.stats import rankdata

from labelsphere import Annotations, LabelSpace, Tagger
from labelsphere.annotations import Vocabulary
from labelsphere.arrays import BoolArray, DoubleArray, FloatArray, IntArray
from labelsphere.errors import DataError
from labelsphere.metrics.bootstrap import centred_interval, resample_images
from labelsphere.recipes import RECOMMENDED, Recipe, parse_recipe
from labelsphere.space.alignment import align_annotations
from labelsphere.tagger import Architecture, TrainingSettings
from labelsphere.tagger.inputs import Inputs, read_features
from labelsphere.tagger.label_context import LabelContext

SHARES = (0.05, 0.2)
SEEDS = (10, 11, 12)
"""`LabelSpace.place`'s defaults were chosen on the draws 0, 1 and 2."""
EPOCHS = 6
VALIDATION = 400
TOP = 10
CONSE = 10
"""Labels that are averaged, as Norouzi et al. 2014 do."""
RESAMPLES = 2000
FEW = 10
METHODS = {
    "trained": "the tagger, trained on these tags too: what training is worth",
    "place": "`LabelSpace.place` from all training images, ridge 1 (the default)",
    "place, ridge 0": "the same without a ridge: the exact fold-in",
    "place, ridge 0.25": "the same with a smaller ridge",
    "place, ridge 4": "the same with a larger one",
    f"place, {FEW} images": f"`place` from {FEW} annotated images of the tag",
    "mean of neighbours": "mean of the known tags' directions, weighted by joint counts",
    "mean, by lift": "the same, weighted by lift",
    "conse": f"logistic regression's {CONSE} best tags, averaged by probability in the space; the "
    "new tag's vector is `place`'s",
    "conse, words": "the same with word vectors for all tags, as it was published",
    "co-occurrence": "logistic regression's probabilities times p(new | known), after Mensink et "
    "al. 2014",
    "word-vectors": "a tagger trained on word vectors of the known tags, which the new have too",
}


@dataclass(frozen=True)
class Task:
    """A data set, its split, and the tags that are held out.

    Attributes:
        tags: All images, all tags.
        inputs: Their features.
        train: Rows to train on.
        val: Rows that the decoder's weights are fitted on.
        test: Rows to judge on.
        new: Numbers of the tags held out.
        seed: Of the draw and of the training.
    """

    tags: Annotations
    inputs: Inputs
    train: IntArray
    val: IntArray
    test: IntArray
    new: IntArray
    seed: int

    @property
    def old(self) -> IntArray:
        """Numbers of the other tags."""
        return np.setdiff1d(np.arange(self.tags.n_labels), self.new)

    def names(self, numbers: IntArray) -> list[str]:
        """Names of tags."""
        return [self.tags.vocabulary[number] for number in numbers.tolist()]

    def truth(self, numbers: IntArray) -> BoolArray:
        """(test images, tags); small here."""
        return np.asarray(self.tags.matrix[self.test][:, numbers].toarray() > 0, np.bool_)


def main() -> None:
    """Run every data set, share and seed, and write the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", nargs="+", type=Path, help="labels.parquet and features.npz")
    parser.add_argument("--words", type=Path, help="file of word vectors, for two more methods")
    parser.add_argument("--epochs", type=float, default=EPOCHS)
    parser.add_argument("--method", default=RECOMMENDED, help="recipe of the taggers and spaces")
    parser.add_argument("--seeds", type=int, nargs="+", default=SEEDS)
    parser.add_argument("--name", default="zero_shot", help="of the result")
    given = parser.parse_args()
    lines = [
        "# New tags without training",
        "",
        f"{', '.join(f'{share:.0%}' for share in SHARES)} of the tags are taken out of the "
        "training and placed afterwards. AP and AUC: how well the test images of a new tag are "
        "ranked above the others, mean over new tags. The rest is generalised: new and old tags "
        f"compete for the first {TOP} places of an image; recall is the share of an image's tags "
        "found there, H the harmonic mean of both recalls. Brackets: 95 % bootstrap intervals, "
        "over tags for AP and over images for H. Draws of tags and seeds of training: "
        f"{', '.join(map(str, given.seeds))}; tags drawn are in 5 training images and in one test "
        f"image at least. A new tag that goes with no old one more often than by chance has no "
        f"place, and scores below all. The taggers' recipe: {given.method}.",
        "",
        *(f"- **{name}**: {what}" for name, what in METHODS.items()),
    ]
    values: dict[str, object] = {"epochs": given.epochs, "method": given.method}
    for folder in given.folders:
        for share in SHARES:
            found = run(folder, share, given)
            lines += ["", f"## {folder.name}, {share:.0%} of the tags new", "", *written(found)]
            values[f"{folder.name} {share}"] = found
            print("\n".join(lines[-len(METHODS) - 4 :]), file=sys.stderr, flush=True)
    reporting.write_results(given.name, lines, values, seed=given.seeds[0])


def run(folder: Path, share: float, given: argparse.Namespace) -> dict[str, dict[str, Any]]:
    """Figures of each method over the seeds."""
    tags = Annotations.read(folder / "labels.parquet")
    inputs = read_features(next(folder.glob("features.np[yz]")))
    train, test = tags.rows_where("split", "train"), tags.rows_where("split", "test")
    in_train, in_test = (tags.select(rows).label_counts() for rows in (train, test))
    drawn_from = np.flatnonzero((in_train >= 5) & (in_test >= 1))
    per_tag: dict[str, list[tuple[float, float]]] = defaultdict(list)
    per_image: dict[str, list[DoubleArray]] = defaultdict(list)
    for seed in given.seeds:
        random = np.random.default_rng(seed)
        new = np.sort(random.choice(drawn_from, round(share * tags.n_labels), replace=False))
        val = np.sort(random.choice(train, VALIDATION, replace=False))
        kept = np.setdiff1d(train, val)
        task = Task(tags, inputs.fitted(kept), kept, val, test, new, seed)
        truth = np.hstack([task.truth(new), task.truth(task.old)])
        for name, scores in all_scores(task, given).items():
            columns = range(len(new))
            per_tag[name] += [ranking_figures(scores[:, k], truth[:, k]) for k in columns]
            per_image[name].append(hits(scores, truth, len(new)))
            print(folder.name, share, seed, name, file=sys.stderr, flush=True)
    return {
        name: figures(np.array(per_tag[name]), np.vstack(per_image[name]))
        for name in METHODS
        if name in per_tag
    }


def all_scores(task: Task, given: argparse.Namespace) -> dict[str, DoubleArray]:
    """Scores of the test images by every method, new tags first, then the old ones."""
    old = align_annotations(task.tags, Vocabulary(task.names(task.old)))
    counted, everything = old.select(task.train), task.tags.select(task.train)
    epochs: float = given.epochs
    recipe = parse_recipe(given.method)
    space = fitted(recipe, counted)
    tagger = trained(task, old, space, recipe.objective, epochs)
    probability = expit(scores_of(trained(task, old, None, "logistic", epochs), task))
    whole = fitted(recipe, everything)
    order = np.concatenate([task.new, task.old])
    found = {"trained": scores_of(trained(task, task.tags, whole, recipe.objective, epochs), task)}
    found["trained"] = found["trained"][:, order]
    ridges = {"place": 1.0, "place, ridge 0": 0.0, "place, ridge 0.25": 0.25, "place, ridge 4": 4.0}
    for name, ridge in ridges.items():
        found[name] = with_new(tagger, placed(task, space, everything, ridge), task)
    found[f"place, {FEW} images"] = with_new(tagger, placed_from_few(task, space), task)
    present = everything.matrix.astype(np.bool_).astype(np.float64)
    joint = (present[:, task.new].T @ present[:, task.old]).toarray()
    expected = np.maximum(counted.label_counts(), 1) / counted.n_images
    for name, weights in {"mean of neighbours": joint, "mean, by lift": joint / expected}.items():
        points = (weights @ space.unit_vectors).astype(np.float32)
        counts = everything.label_counts()[task.new]
        larger = extended(space, task.names(task.new), points, counts)
        found[name] = with_new(tagger, larger, task)
    larger = placed(task, space, everything, 1.0)
    mixed = mixture(probability, space.unit_vectors)
    found["conse"] = np.roll(mixed @ larger.unit_vectors.T, len(task.new), axis=1)
    conditional = joint / np.maximum(counted.label_counts(), 1)
    # A mean of p(new | known) over the known tags that the image probably has.
    transferred = probability @ conditional.T / probability.sum(axis=1, keepdims=True)
    found["co-occurrence"] = np.hstack([transferred, probability])
    if given.words is not None:
        words = LabelSpace.fit(everything, "word-vectors", split="none", path=given.words)
        known = LabelSpace(
            old.vocabulary, words.vectors[task.old], words.counts[task.old], words.record
        )
        both = trained(task, old, known, recipe.objective, epochs).with_space(words)
        found["word-vectors"] = scores_of(both, task)[:, order]
        mixed = mixture(probability, words.unit_vectors[task.old])
        found["conse, words"] = (mixed @ words.unit_vectors.T)[:, order]
    return found


def mixture(probability: DoubleArray, unit: FloatArray) -> DoubleArray:
    """The best tags of each image, averaged by probability: (images, dim)."""
    best = np.argsort(-probability, axis=1)[:, :CONSE]
    weights = np.take_along_axis(probability, best, axis=1)[:, :, None]
    return np.asarray((unit[best] * weights).sum(axis=1), np.float64)


def fitted(recipe: Recipe, tags: Annotations) -> LabelSpace:
    """The recipe's label space."""
    assert recipe.space is not None
    space = recipe.space
    return LabelSpace.fit(
        tags, space.method, space.dim, space.exponent, split="none", **space.options
    )


def trained(
    task: Task, tags: Annotations, space: LabelSpace | None, objective: str, epochs: float
) -> Tagger:
    """A tagger on the training images, its decoder's weights fitted where it has a space."""
    tagger = Tagger(
        Architecture("mlp", {"hidden": 512, "drop_rate": 0.5}, objective),
        LabelContext.of(tags.select(task.train), space),
        task.inputs.settings(),
        task.inputs.sample_shape,
        seed=task.seed,
    )
    settings = TrainingSettings(epochs=epochs, seed=task.seed, precision="float32")
    tagger.fit(tags, task.inputs, settings, rows=task.train, device="cpu")
    if space is not None:
        tagger.fit_decoder(task.inputs, tags.matrix, task.val)
    return tagger


def scores_of(tagger: Tagger, task: Task) -> DoubleArray:
    """(test images, labels) of a tagger; small here."""
    return tagger.scores(task.inputs, task.test).rows(0, len(task.test)).astype(np.float64)


def with_new(tagger: Tagger, space: LabelSpace, task: Task) -> DoubleArray:
    """Scores of a tagger over a space whose last labels are the new ones, these brought first."""
    return np.roll(scores_of(tagger.with_space(space), task), len(task.new), axis=1)


def placed(task: Task, space: LabelSpace, counted: Annotations, ridge: float) -> LabelSpace:
    """The new tags placed from all training images, each from the old tags alone."""
    for name in task.names(task.new):
        space = placed_or_not(space, name, counted, ridge=ridge)
    return space


def placed_or_not(
    space: LabelSpace, name: str, tags: Annotations, **options: float | None
) -> LabelSpace:
    """The space with a label more, without a place where nothing known goes with it."""
    try:
        return space.place(name, tags, **options)  # type: ignore[arg-type] # by method
    except DataError as error:
        if "cannot be placed" not in str(error):
            raise
        return extended(space, [name], np.zeros((1, space.dim), np.float32), np.array([1]))


def placed_from_few(task: Task, space: LabelSpace) -> LabelSpace:
    """The new tags placed from a few of their images."""
    random = np.random.default_rng(task.seed)
    number_of_images = len(task.train)
    for number, name in zip(task.new.tolist(), task.names(task.new), strict=True):
        column = task.tags.matrix[task.train][:, [number]].toarray()[:, 0]
        having = task.train[np.flatnonzero(column)]
        few = random.choice(having, min(FEW, len(having)), replace=False)
        # What is known of the tag's frequency does not depend on how many images were looked at.
        total = number_of_images * len(few) / len(having)
        few_tags = task.tags.select(few)
        space = placed_or_not(space, name, few_tags, total=max(total, len(few) + 1.0))
    return space


def extended(
    space: LabelSpace, names: Sequence[str], points: FloatArray, counts: IntArray
) -> LabelSpace:
    """A space with some labels more, at given points."""
    return LabelSpace(
        Vocabulary([*space.vocabulary, *names]),
        np.vstack([space.vectors, points]),
        np.concatenate([space.counts, counts]),
        space.record,
    )


def ranking_figures(scores: DoubleArray, truth: BoolArray) -> tuple[float, float]:
    """Average precision and area under the ROC curve of one tag."""
    order = np.argsort(-scores, kind="stable")
    found = truth[order]
    precision = np.cumsum(found) / np.arange(1, len(found) + 1)
    true, false = int(truth.sum()), int((~truth).sum())
    above = rankdata(scores)[truth].sum() - true * (true + 1) / 2
    return float(precision[found].mean()), float(above / (true * false))


def hits(scores: DoubleArray, truth: BoolArray, new: int) -> DoubleArray:
    """For each image: new tags found, new tags, old found, old, and new among the first."""
    first = np.argsort(-scores, axis=1, kind="stable")[:, :TOP]
    right, is_new = np.take_along_axis(truth, first, axis=1), first < new
    counts = [
        (right & is_new).sum(axis=1),
        truth[:, :new].sum(axis=1),
        (right & ~is_new).sum(axis=1),
        truth[:, new:].sum(axis=1),
        is_new.sum(axis=1),
    ]
    return np.stack(counts, axis=1).astype(np.float64)


def figures(per_tag: DoubleArray, per_image: DoubleArray) -> dict[str, Any]:
    """Means, recalls and intervals."""
    tags = resample_images(len(per_tag), RESAMPLES, 0)
    images = resample_images(len(per_image), RESAMPLES, 0)
    recalls = np.array(recalls_of(per_image.sum(axis=0)[:, None]))[:, 0]
    drawn = recalls_of(per_image.T @ images)
    return {
        "tags": len(per_tag),
        "ap": float(per_tag[:, 0].mean()),
        "ap_interval": centred_interval(
            float(per_tag[:, 0].mean()), per_tag[:, 0] @ tags / len(per_tag)
        ),
        "auc": float(per_tag[:, 1].mean()),
        "recall_new": float(recalls[0]),
        "recall_old": float(recalls[1]),
        "h": float(recalls[2]),
        "h_interval": centred_interval(float(recalls[2]), drawn[2]),
        "new_share": float(per_image[:, 4].mean() / TOP),
    }


def recalls_of(sums: DoubleArray) -> tuple[DoubleArray, DoubleArray, DoubleArray]:
    """Recall of new and of old tags, and their harmonic mean, from sums over images."""
    new, old = sums[0] / sums[1], sums[2] / sums[3]
    return new, old, 2 * new * old / np.maximum(new + old, 1e-12)


def written(found: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """The table of one data set and share."""
    header = ["method", "AP", "AUC", "recall, new", "recall, old", "H", "new among the first"]
    header.append("of what trained ones take")
    rows = []
    for name, values in found.items():
        low, high = values["ap_interval"]
        h_low, h_high = values["h_interval"]
        rows.append(
            [
                name,
                f"{values['ap']:.3f} [{low:.3f}, {high:.3f}]",
                *(f"{values[key]:.3f}" for key in ("auc", "recall_new", "recall_old")),
                f"{values['h']:.3f} [{h_low:.3f}, {h_high:.3f}]",
                f"{values['new_share']:.1%}",
                f"{values['new_share'] / found['trained']['new_share']:.2f}",
            ]
        )
    return reporting.table(header, rows)


if __name__ == "__main__":
    main()
