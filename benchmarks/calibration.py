"""How far probabilities and thresholds of a delivered tagger hold on images never seen before.

    python benchmarks/calibration.py bibtex DATA/labels/mulan_bibtex/labels.parquet \
        DATA/labels/mulan_bibtex/features.npz
    python benchmarks/calibration.py icons DATA/icons/icons.parquet lite0.npy --rows rows.npy

Each method's tagger is the one that ``labelsphere train --method`` gives: calibrated on the
validation images, a fifth of the training images where the table marks none. Everything here is
measured on the test images. F1 is compared, for thresholds chosen on the same validation images,
with one threshold on the raw scores of all tags, and with one for each tag.
"""

import argparse
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from reporting import RESULTS, table, write_results

from labelsphere.annotations import Annotations
from labelsphere.arrays import DoubleArray, FloatArray, IntArray, SparseRows
from labelsphere.json_types import to_json
from labelsphere.metrics import Scores, measure_accepted
from labelsphere.tagger import Tagger
from labelsphere.tagger.calibration import Calibration, Goal, calibrate
from labelsphere.tagger.calibration.check import BucketCheck, check_calibration
from labelsphere.tagger.calibration.diagram import write_diagram
from labelsphere.tagger.calibration.fitting import held_out_scores
from labelsphere.tagger.inputs import FeatureInputs, read_features

METHODS = ("sphere", "logistic")
SEED = 0
OURS, GLOBAL, BY_TAG = "ours", "one threshold", "a threshold a tag"


def read(path: Path, features: Path, rows: Path | None) -> tuple[Annotations, FeatureInputs]:
    """The table and its vectors, with validation images marked where the table marks none."""
    tags = Annotations.read(path)
    if rows is not None:
        tags = tags.select(np.load(rows))
    split = tags.columns["split"].to_numpy().astype(object)
    if not (split == "val").any():
        train = np.flatnonzero(split == "train")
        split[np.random.default_rng(SEED).permutation(train)[: len(train) // 5]] = "val"
        tags = replace(tags, columns=tags.columns.with_columns(split=pl.Series(list(split))))
    return tags, read_features(features)


def measure(tagger: Tagger, tags: Annotations, inputs: FeatureInputs, picture: Path) -> Any:
    """Everything about one tagger."""
    like = FeatureInputs.from_settings(inputs.matrix, tagger.preparation)
    val, test = (tags.rows_where("split", part) for part in ("val", "test"))
    held, unseen = tagger.scores(like, val), tagger.scores(like, test)
    counts, names = tagger.labels.counts, tuple(tagger.vocabulary)
    assert tagger.calibration is not None
    measured = held_out_scores(unseen, tags.matrix[test], None, counts)
    check = check_calibration(tagger.calibration, measured, np.ones(len(test), bool))
    check = replace(check, fitted_images=len(val))
    write_diagram(check, picture)
    by_f1 = calibrate(held, tags.matrix[val], counts=counts, names=names, goal=Goal(f1=True))
    found = {
        OURS: f1_of(unseen, tags.matrix[test], counts, by_f1),
        GLOBAL: f1_of(unseen, tags.matrix[test], counts, one_threshold(held, tags.matrix[val])),
        BY_TAG: f1_of(unseen, tags.matrix[test], counts, own_thresholds(held, tags.matrix[val])),
    }
    return {"check": to_json(check.by_frequency), "f1": found}, check.by_frequency


def f1_of(
    scores: Scores, truth: SparseRows, counts: IntArray, cut: Calibration | float | DoubleArray
) -> dict[str, float]:
    """Micro and macro F1 of what a calibration, or thresholds on raw scores, accept."""

    def accept(block: FloatArray) -> Any:
        return cut.accept_scores(block) if isinstance(cut, Calibration) else block >= cut

    return measure_accepted(scores, accept, truth, counts).values


def one_threshold(scores: Scores, truth: SparseRows) -> float:
    """The threshold on the scores of all tags with the highest micro F1."""
    dense = scores.rows(0, scores.shape[0]).ravel()
    return best_cut(dense, truth.toarray().ravel() > 0)


def own_thresholds(scores: Scores, truth: SparseRows) -> DoubleArray:
    """For each tag the threshold with its highest F1; none for one that is never there."""
    cuts = np.full(scores.shape[1], np.inf)
    for start in range(0, scores.shape[1], 256):
        stop = min(start + 256, scores.shape[1])
        block = scores.columns(start, stop)
        is_true = truth[:, start:stop].toarray() > 0
        for label in range(stop - start):
            cuts[start + label] = best_cut(block[:, label], is_true[:, label])
    return cuts


def best_cut(scores: FloatArray, is_true: Any) -> float:
    """The score from which on accepting gives the highest F1."""
    if not is_true.any():
        return float("inf")
    order = np.argsort(-scores, kind="stable")
    right = np.cumsum(is_true[order])
    found = 2 * right / (np.arange(1, len(order) + 1) + is_true.sum())
    return float(scores[order[found.argmax()]])


def bucket_rows(method: str, buckets: dict[str, BucketCheck]) -> list[list[str]]:
    """One line a frequency bucket."""

    def number(value: float | None, digits: int = 3) -> str:
        return "–" if value is None else f"{value:.{digits}f}"

    return [
        [
            f"{method}, {name}",
            f"{one.labels:,}",
            number(one.calibration_error, 5),
            f"{one.accepted:,.0f}",
            number(one.accepted_error),
            number(one.promised),
            number(one.reached),
            "–" if one.low is None else f"{number(one.low)} to {number(one.high)}",
            number(one.recall),
        ]
        for name, one in buckets.items()
    ]


def main() -> None:
    """Train, calibrate and measure each method, and write the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("name")
    parser.add_argument("table", type=Path)
    parser.add_argument("features", type=Path)
    parser.add_argument("--rows", type=Path, help="rows of the table that the features are of")
    parser.add_argument("--methods", nargs="+", default=METHODS)
    parser.add_argument("--output", type=Path, default=RESULTS)
    given = parser.parse_args()
    tags, inputs = read(given.table, given.features, given.rows)
    values: dict[str, Any] = {}
    checks: list[list[str]] = []
    f1: list[list[str]] = []
    for method in given.methods:
        tagger = Tagger.train(tags, method=method, inputs=inputs)
        picture = given.output / f"calibration_{given.name}_{method}.png"
        values[method], buckets = measure(tagger, tags, inputs, picture)
        checks += bucket_rows(method, buckets)
        for way, found in values[method]["f1"].items():
            f1.append([f"{method}, {way}", f"{found['micro_f1']:.4f}", f"{found['macro_f1']:.4f}"])
    test = len(tags.rows_where("split", "test"))
    lines = [
        f"# Calibration on {given.name}: {tags.n_labels:,} tags, {test:,} test images",
        "",
        "Taggers as `labelsphere train --method` gives them, for a precision of 0.9, by number of "
        "training images with the tag. Error: expected calibration error over all pairs of image "
        "and tag, and over the accepted ones. Promised and reached: precision of the accepted "
        "tags, with a 95 % bootstrap interval over images.",
        "",
        *table(
            [
                "method, images",
                "tags",
                "error",
                "accepted",
                "error of accepted",
                "promised",
                "reached",
                "interval",
                "recall",
            ],
            checks,
        ),
        "",
        "F1 of the accepted tags, for thresholds of the highest F1 on the validation images:",
        "",
        *table(["method, thresholds", "micro F1", "macro F1"], f1),
    ]
    write_results(f"calibration_{given.name}", lines, values, seed=SEED, folder=given.output)


if __name__ == "__main__":
    main()
