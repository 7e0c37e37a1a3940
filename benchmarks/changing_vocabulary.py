"""A vocabulary that changes after the training: which way of going on loses least?

    python benchmarks/changing_vocabulary.py FOLDER [FOLDER…]

Each folder holds ``labels.parquet`` with a column ``split``, and ``features.npz``. A tagger is
trained on half of the training images, when a tenth of the tags was not in use yet and another
tenth was written in two ways. Then these tags come into use, the two ways become one, and all
training images are there. The tagger's network stays; its label space is revised, refitted, or
refitted and turned back onto the old places.
"""

import argparse
import sys
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import reporting
from scipy.sparse import csr_array

from labelsphere import Annotations, LabelSpace, Tagger
from labelsphere.annotations import Vocabulary
from labelsphere.arrays import DoubleArray, IntArray, SparseRows
from labelsphere.errors import DataError
from labelsphere.metrics.bootstrap import centred_interval, resample_images
from labelsphere.space.alignment import align_annotations
from labelsphere.tagger import Architecture, TrainingSettings
from labelsphere.tagger.inputs import Inputs, read_features
from labelsphere.tagger.label_context import LabelContext

SEEDS = (0, 1, 2)
SHARE = 0.1
EPOCHS = 12
RESAMPLES = 2000
OTHER = " (as others write it)"
METHODS = {
    "revised": "`LabelSpace.revise`: the two ways of writing become one; new tags have no place",
    "revised, placed": "the same, then each new tag by `LabelSpace.place` from all training images",
    "refitted": "`LabelSpace.refit`: counted anew, fitted, and turned onto the old places",
    "fitted, not turned": "the same fit as it comes out, for the old network",
    "trained anew": "a new network, trained on all images and tags: what training is worth",
}


@dataclass(frozen=True)
class Task:
    """What was known when the tagger was trained, and what is known now.

    Attributes:
        before: Half of the training images, tags as they were; other rows are empty.
        now: All images, tags as they are.
        inputs: Their features.
        first: Rows that the tagger was trained on.
        train: All training rows.
        test: Rows to judge on.
        merges: For each tag in its second way of writing the tag that it becomes.
        new: Names of the tags that came into use.
        seed: Of the draw and of the training.
    """

    before: Annotations
    now: Annotations
    inputs: Inputs
    first: IntArray
    train: IntArray
    test: IntArray
    merges: dict[str, str]
    new: list[str]
    seed: int


def main() -> None:
    """Run every folder and seed, and write the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", nargs="+", type=Path, help="labels.parquet and features.npz")
    parser.add_argument("--seeds", type=int, nargs="+", default=SEEDS)
    given = parser.parse_args()
    lines = [
        "# A vocabulary that changes after the training",
        "",
        f"A tagger is trained on half of the training images. {SHARE:.0%} of the tags are not in "
        f"use then, {SHARE:.0%} are written in two ways, half and half. Afterwards all training "
        "images are counted with the tags of today, and the network stays as it is. AP: average "
        "precision of a tag over the test images, mean over the tags that were there before, that "
        "were written in two ways, and that are new; AP per image: over all tags of today. "
        f"Brackets: 95 % bootstrap intervals, over tags and over images; {len(given.seeds)} draws "
        "and trainings. Kept: mean cosine between the old place of a tag and the present one.",
        "",
        *(f"- **{name}**: {what}" for name, what in METHODS.items()),
    ]
    values: dict[str, Any] = {}
    for folder in given.folders:
        found = run(folder, given.seeds)
        values[folder.name] = found
        lines += ["", f"## {folder.name}", "", *written(found)]
        print("\n".join(lines[-len(METHODS) - 2 :]), file=sys.stderr, flush=True)
    reporting.write_results("changing_vocabulary", lines, values, seed=given.seeds[0])


def drawn(folder: Path, seed: int) -> Task:
    """Tags and images of then and now."""
    random = np.random.default_rng(seed)
    now, inputs = (
        Annotations.read(folder / "labels.parquet"),
        read_features(folder / "features.npz"),
    )
    train, test = now.rows_where("split", "train"), now.rows_where("split", "test")
    in_train, in_test = (now.select(rows).label_counts() for rows in (train, test))
    eligible = random.permutation(np.flatnonzero((in_train >= 10) & (in_test >= 1)))
    number = round(SHARE * now.n_labels)
    new, split = eligible[:number], eligible[number : 2 * number]
    first = np.sort(random.permutation(train)[: len(train) // 2])
    names = now.vocabulary
    merges = {names[n] + OTHER: names[n] for n in split.tolist()}
    entries = now.matrix.tocoo()
    rows, columns = (np.asarray(part, np.int64) for part in entries.coords)
    second = np.full(now.n_labels, -1)
    second[split] = now.n_labels + np.arange(len(split))
    other_way = (second[columns] >= 0) & (random.random(len(columns)) < 0.5)
    kept = np.isin(rows, first) & ~np.isin(columns, new)
    matrix: SparseRows = csr_array(
        (
            entries.data[kept],
            (rows[kept], np.where(other_way, second[columns], columns)[kept]),
        ),
        shape=(now.n_images, now.n_labels + len(split)),
    )
    matrix.sort_indices()
    every = Annotations(now.image_ids, Vocabulary([*names, *merges]), matrix)
    new_names = [names[n] for n in new.tolist()]
    known = Vocabulary(name for name in every.vocabulary if name not in set(new_names))
    before = align_annotations(every, known)
    return Task(before, now, inputs, first, train, test, merges, new_names, seed)


def run(folder: Path, seeds: list[int]) -> dict[str, dict[str, Any]]:
    """Figures of every way, over the seeds."""
    per_tag: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    per_image: dict[str, list[DoubleArray]] = defaultdict(list)
    kept: dict[str, list[float]] = defaultdict(list)
    for seed in seeds:
        task = drawn(folder, seed)
        old = LabelSpace.fit(task.before.select(task.first), split="none")
        tagger = trained(task, task.before, old, task.first)
        truth = task.now.matrix[task.test].toarray() > 0  # small here
        for name, make in ways(task, old).items():
            space = make()
            retrained = name == "trained anew"
            used = trained(task, task.now, space, task.train) if retrained else tagger
            scores = over(used.with_space(space), task)
            for part, numbers in parts(task).items():
                there = numbers[truth[:, numbers].any(axis=0)]
                per_tag[name][part] += [average_precision(scores[:, n], truth[:, n]) for n in there]
            tagged = np.flatnonzero(truth.any(axis=1))
            values = [average_precision(scores[row], truth[row]) for row in tagged]
            per_image[name].append(np.array(values))
            kept[name].append(float(np.mean([near.proximity for near in space.moved(old)])))
            print(folder.name, seed, name, file=sys.stderr, flush=True)
    return {
        name: {
            **{part: mean_of(np.array(values)) for part, values in per_tag[name].items()},
            "per image": mean_of(np.concatenate(per_image[name])),
            "kept": float(np.mean(kept[name])),
        }
        for name in METHODS
    }


def ways(task: Task, old: LabelSpace) -> dict[str, Callable[[], LabelSpace]]:
    """Label spaces over the tags of today."""
    counted = task.now.select(task.train)

    def placed() -> LabelSpace:
        space = old.revise(task.merges)
        for name in task.new:
            try:
                space = space.place(name, counted)
            except DataError:  # It goes with no known tag more often than by chance.
                continue
        return space

    return {
        "revised": lambda: old.revise(task.merges),
        "revised, placed": placed,
        "refitted": lambda: old.refit(counted, split="none"),
        "fitted, not turned": lambda: LabelSpace.fit(counted, dim=old.dim, split="none"),
        "trained anew": lambda: LabelSpace.fit(counted, dim=old.dim, split="none"),
    }


def trained(task: Task, tags: Annotations, space: LabelSpace, rows: IntArray) -> Tagger:
    """A tagger for a space, trained on some rows."""
    tagger = Tagger(
        Architecture("mlp", {"hidden": 512, "drop_rate": 0.5}, "cosine"),
        LabelContext.of(tags.select(rows), space),
        task.inputs.settings(),
        task.inputs.sample_shape,
        seed=task.seed,
    )
    settings = TrainingSettings(epochs=EPOCHS, seed=task.seed, precision="float32")
    tagger.fit(tags, task.inputs, settings, rows=rows, device="cpu")
    return tagger


def over(tagger: Tagger, task: Task) -> DoubleArray:
    """(test images, tags of today) scores; below all others where the tagger lacks a tag."""
    scores = tagger.scores(task.inputs, task.test).rows(0, len(task.test)).astype(np.float64)
    found = np.full((len(task.test), task.now.n_labels), -np.inf)
    for number, name in enumerate(tagger.vocabulary):
        column = task.now.vocabulary.get(name)
        if column is not None:
            found[:, column] = scores[:, number]
    return found


def parts(task: Task) -> dict[str, IntArray]:
    """Numbers of the tags that were there before, were written in two ways, and are new."""
    two_ways = [task.now.vocabulary.index(name) for name in task.merges.values()]
    new = [task.now.vocabulary.index(name) for name in task.new]
    there = np.setdiff1d(np.arange(task.now.n_labels), [*two_ways, *new])
    return {
        "old": there.astype(np.int64),
        "merged": np.array(two_ways, np.int64),
        "new": np.array(new, np.int64),
    }


def average_precision(scores: DoubleArray, truth: Any) -> float:
    """Precision at each true place of a ranking, ties in order, mean."""
    right = truth[np.argsort(-scores, kind="stable")]
    return float((np.cumsum(right) / np.arange(1, len(right) + 1))[right].mean())


def mean_of(values: DoubleArray) -> tuple[float, float, float]:
    """Mean with its interval."""
    mean = float(values.mean())
    means = values @ resample_images(len(values), RESAMPLES, 0) / len(values)
    return mean, *centred_interval(mean, means)


def written(found: dict[str, dict[str, Any]]) -> list[str]:
    """The table of one data set."""
    columns = ("old", "merged", "new", "per image")
    rows = [
        [
            name,
            *("{:.3f} [{:.3f}, {:.3f}]".format(*values[column]) for column in columns),
            f"{values['kept']:.3f}",
        ]
        for name, values in found.items()
    ]
    header = ["the space", "AP, old tags", "AP, merged", "AP, new", "AP per image", "kept"]
    return reporting.table(header, rows)


if __name__ == "__main__":
    main()
