"""Tags hidden and wrong ones planted: which way of auditing finds them (§3.3.2)?

    python benchmarks/audit.py FOLDER [FOLDER…] [--table icons.parquet --group base_id]

A folder holds ``labels.parquet`` and ``features.npz``; a table holds tags alone. From half the
images with three tags or more one is hidden, and a fifth of the images get one that they do not
have, drawn as common tags are. Every method sees only the table so changed. cleanlab and the audit
with predictions share the same cross-validated logistic probabilities.
"""

import argparse
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import reporting
from cleanlab.multilabel_classification.rank import get_label_quality_scores_per_class
from scipy.sparse import csr_array
from scipy.sparse.linalg import svds
from scipy.special import expit

from labelsphere import Annotations, LabelSpace, Tagger
from labelsphere.arrays import AnyArray, BoolArray, DoubleArray, FloatArray, IntArray, SparseRows
from labelsphere.metrics.bootstrap import centred_interval, resample_images
from labelsphere.space.audit import CountEvidence, LinearEvidence, SpaceEvidence, blend_weights
from labelsphere.tagger import Architecture, TrainingSettings
from labelsphere.tagger.inputs import Inputs, read_features
from labelsphere.tagger.label_context import LabelContext

SEEDS = (0, 1)
FOLDS = 5
EPOCHS = 10
RESAMPLES = 1000
BLOCK = 512
METHODS = {
    "audit": "`labelsphere audit TAGS`: hidden tags by a linear regression of each tag on all "
    "others, its penalty by cross-validation; planted ones by mutual information with the other "
    "tags, image left out",
    "mutual information": "hidden tags by it too, with the tags' prior",
    "audit --space": "both by the points of a space fitted to the same table",
    "audit --tagger": "the audit with the probabilities that cleanlab gets",
    "cleanlab": "its multi-label scores per class (self-confidence) on cross-validated logistic "
    "probabilities from the features",
    "k nearest images": "tags of the 100 images of the most alike tags (tf-idf cosine), by "
    "likeness; the image itself left out",
    "truncated SVD": "of images × tags; the tag itself taken out of its image. The best of 16, 32, "
    "64 and 128 dimensions on the figure itself",
    "linear, closed form": "EASE (Steck 2019): each tag regressed on all others; the best penalty "
    "of 10, 30, 100 and 300 on the figure itself",
    "conditional": "sum of p(tag | other) over the other tags, image not left out",
}

Absent = Callable[[int, int], DoubleArray]


@dataclass(frozen=True)
class Changed:
    """A table in which tags were hidden and planted.

    Attributes:
        tags: The changed annotations.
        hidden: (hidden, 2) images and tags that were taken away.
        planted: (annotations,) bool, in the order of the matrix: put there by the benchmark.
    """

    tags: Annotations
    hidden: IntArray
    planted: BoolArray

    @property
    def images(self) -> IntArray:
        """The image of each annotation."""
        lengths = np.diff(self.tags.matrix.indptr)
        return np.repeat(np.arange(self.tags.n_images), lengths).astype(np.int64)

    @property
    def labels(self) -> IntArray:
        """The tag of each annotation."""
        return self.tags.matrix.indices.astype(np.int64)


def main() -> None:
    """Change each table, audit it by every method, and write the report."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", nargs="*", type=Path, help="labels.parquet and features.npz")
    parser.add_argument("--table", type=Path, help="a table of tags without features")
    parser.add_argument("--group", help="column of the table that marks variants of one image")
    given = parser.parse_args()
    lines = [
        "# Audits: hidden tags found, planted ones found",
        "",
        "Recall: share of the hidden tags among the first k absent tags of their image. AP: "
        "average precision of the planted tags, all annotations ranked by how badly they fit. "
        f"Brackets: 95 % bootstrap intervals over images; {len(SEEDS)} draws.",
        "",
        *(f"- **{name}**: {what}" for name, what in METHODS.items()),
    ]
    values: dict[str, Any] = {}
    for name, tags, inputs in tables(given):
        found = run(tags, inputs)
        values[name] = found
        lines += ["", f"## {name}", "", *written(found)]
        print("\n".join(lines[-len(METHODS) - 4 :]), file=sys.stderr, flush=True)
    reporting.write_results("audit", lines, values, seed=SEEDS[0], packages=("cleanlab",))


def tables(given: argparse.Namespace) -> Iterator[tuple[str, Annotations, Inputs | None]]:
    """Names, tags and features."""
    for folder in given.folders:
        tags = Annotations.read(folder / "labels.parquet")
        yield folder.name, tags, read_features(folder / "features.npz")
    if given.table is not None:
        tags = Annotations.read(given.table)
        # Tags are all that is judged, and reading pictures along would cost their memory.
        tags = replace(tags, pictures=None)
        yield given.table.stem, tags.one_per_group(given.group) if given.group else tags, None


def changed(tags: Annotations, seed: int) -> Changed:
    """Hide and plant."""
    random = np.random.default_rng(seed)
    lengths = np.diff(tags.matrix.indptr)
    images = np.repeat(np.arange(tags.n_images), lengths)
    labels = tags.matrix.indices.astype(np.int64)
    chosen = np.flatnonzero((lengths >= 3) & (random.random(tags.n_images) < 0.5))
    gone = tags.matrix.indptr[chosen] + random.integers(0, lengths[chosen])
    kept = np.ones(len(labels), np.bool_)
    kept[gone] = False
    receiving = np.flatnonzero(random.random(tags.n_images) < 0.2)
    given = random.choice(labels, len(receiving))
    # A tag that was just hidden there would be no mistake.
    wrong = np.asarray(tags.matrix[receiving, given]).ravel() == 0
    receiving, given = receiving[wrong], given[wrong]
    size = (tags.n_images, tags.n_labels)
    matrix: SparseRows = csr_array(
        (
            np.concatenate([np.ones(kept.sum()), np.full(len(given), 2.0)]).astype(np.float32),
            (np.concatenate([images[kept], receiving]), np.concatenate([labels[kept], given])),
        ),
        shape=size,
    )
    matrix.sort_indices()
    planted = np.asarray(matrix.data == 2.0, np.bool_)
    matrix.data[:] = 1.0
    hidden = np.stack([images[gone], labels[gone]], axis=1).astype(np.int64)
    return Changed(replace(tags, matrix=matrix), hidden, planted)


def run(tags: Annotations, inputs: Inputs | None) -> dict[str, dict[str, Any]]:
    """Figures of each method over the seeds."""
    ranks: dict[str, list[DoubleArray]] = defaultdict(list)
    doubts: dict[str, list[tuple[DoubleArray, Changed]]] = defaultdict(list)
    for seed in SEEDS:
        table = changed(tags, seed)
        for name, absent, doubt in scored(table, inputs, seed):
            if absent is not None:
                ranks[name].append(ranks_of_hidden(table, absent))
            if doubt is not None:
                doubts[name].append((doubt, table))
            print(seed, name, file=sys.stderr, flush=True)
    variants = list(dict.fromkeys([*ranks, *doubts]))
    found: dict[str, dict[str, Any]] = {}
    for variant in variants:
        figures = {**recalls(ranks[variant]), **precision(doubts[variant])}
        name = variant.split(":")[0]
        # Rivals with a setting to choose get the best of it, each figure by itself.
        for key, value in figures.items():
            best = found.setdefault(name, {})
            if key not in best or value[0] > best[key][0]:
                best[key] = value
    return {name: found[name] for name in METHODS if name in found}


def scored(
    table: Changed, inputs: Inputs | None, seed: int
) -> Iterator[tuple[str, Absent | None, DoubleArray | None]]:
    """Every method: its scores of absent tags, and its doubts of present ones."""
    tags, images, labels = table.tags, table.images, table.labels
    log_prior = np.log((tags.label_counts() + 0.5) / (tags.n_images + 1.0))
    counted = CountEvidence(tags)
    linear_evidence = LinearEvidence.fit_to(tags)
    yield "audit", linear_evidence.candidates, -counted.fit(images, labels)
    yield (
        "mutual information",
        lambda start, stop: counted.candidates(start, stop) + log_prior,
        -counted.fit(images, labels),
    )
    points = SpaceEvidence(tags, LabelSpace.fit(tags, split="none"))
    yield (
        "audit --space",
        lambda start, stop: points.candidates(start, stop) + points.prior_weight * log_prior,
        -points.fit(images, labels),
    )
    if inputs is not None:
        predicted = Probabilities(cross_validated(tags, inputs, seed))
        yield from with_predictions(table, counted, linear_evidence, predicted, log_prior)
        lists = [tags.matrix.indices[a:b].tolist() for a, b in pairs_of(tags.matrix.indptr)]
        quality = get_label_quality_scores_per_class(lists, predicted.values.astype(np.float64))
        # An absent tag of low quality is one that the classifier sees.
        yield "cleanlab", lambda start, stop: -quality[start:stop], -quality[images, labels]
    yield neighbours(table)
    rows = tags.matrix.astype(np.float64)
    for dim in (16, 32, 64, 128):
        if dim < min(rows.shape):
            yield factorised(table, rows, dim)
    gram = (rows.T @ rows).toarray()
    for penalty in (10.0, 30.0, 100.0, 300.0):
        inverse = np.linalg.inv(gram + penalty * np.eye(len(gram)))
        weights = -inverse / np.diag(inverse)[None]
        np.fill_diagonal(weights, 0.0)
        yield linear(f"linear, closed form: {penalty}", table, rows, weights)
    share = gram / np.maximum(np.diag(gram), 1.0)[:, None]
    np.fill_diagonal(share, 0.0)
    yield linear("conditional", table, rows, share)


class Probabilities:
    """Cross-validated probabilities, in the form that an audit takes scores in."""

    def __init__(self, values: FloatArray) -> None:
        self.values = values
        self.log_odds = np.log(values) - np.log1p(-values)

    def rows(self, start: int, stop: int) -> FloatArray:
        """Log-odds of some images."""
        return self.log_odds[start:stop]


def with_predictions(
    table: Changed,
    counted: CountEvidence,
    absences: LinearEvidence,
    predicted: Probabilities,
    log_prior: DoubleArray,
) -> Iterator[tuple[str, Absent | None, DoubleArray | None]]:
    """The audit that also looks at the features, weighed as `audit_tags` weighs."""
    fit, support = blend_weights(table.tags, counted, absences, predicted, log_prior)
    evidence = np.nan_to_num(counted.fit(table.images, table.labels))
    seen = predicted.log_odds[table.images, table.labels]

    def absent(start: int, stop: int) -> DoubleArray:
        scores = support[0] * absences.candidates(start, stop) + support[1] * log_prior
        lowest = scores.min(initial=0, where=np.isfinite(scores))
        seen = np.where(np.isneginf(scores), lowest, scores) + support[2] * predicted.rows(
            start, stop
        )
        return np.asarray(seen, np.float64)

    yield "audit --tagger", absent, -fit[0] * evidence - fit[1] * seen


def cross_validated(tags: Annotations, inputs: Inputs, seed: int) -> FloatArray:
    """Probabilities by logistic regression, each image by a network that it did not train."""
    random = np.random.default_rng(seed)
    fold = random.integers(0, FOLDS, tags.n_images)
    values = np.empty((tags.n_images, tags.n_labels), np.float32)  # small here
    for number in range(FOLDS):
        train, test = np.flatnonzero(fold != number), np.flatnonzero(fold == number)
        tagger = Tagger(
            Architecture("mlp", {"hidden": 512, "drop_rate": 0.5}, "logistic"),
            LabelContext.of(tags.select(train)),
            inputs.settings(),
            inputs.sample_shape,
            seed=seed,
        )
        settings = TrainingSettings(epochs=EPOCHS, seed=seed, precision="float32")
        tagger.fit(tags, inputs, settings, rows=train, device="cpu")
        values[test] = expit(tagger.scores(inputs, test).rows(0, len(test)))
    return np.clip(values, 1e-6, 1 - 1e-6)


def neighbours(table: Changed, k: int = 100) -> tuple[str, Absent, DoubleArray]:
    """Tags of the images of the most alike tags."""
    tags = table.tags
    rarity = np.log(tags.n_images / np.maximum(tags.label_counts(), 1))
    weighted = csr_array(tags.matrix.astype(np.float64) * rarity[None])
    norms = np.sqrt(np.asarray(weighted.multiply(weighted).sum(axis=1)).ravel())
    unit = csr_array(weighted.multiply(1 / np.maximum(norms, 1e-12)[:, None]))
    across = unit.T.tocsr()

    def absent(start: int, stop: int) -> DoubleArray:
        alike = (unit[start:stop] @ across).toarray()
        alike[np.arange(stop - start), np.arange(start, stop)] = 0.0
        near = np.argpartition(-alike, k, axis=1)[:, :k]
        weights = np.take_along_axis(alike, near, axis=1)
        rows = np.repeat(np.arange(stop - start), k)
        chosen = csr_array((weights.ravel(), (rows, near.ravel())), shape=alike.shape)
        found: DoubleArray = (chosen @ tags.matrix.astype(np.float64)).toarray()
        found /= np.maximum(weights.sum(axis=1, keepdims=True), 1e-12)
        return found

    doubt = np.empty(tags.matrix.nnz)
    for start in range(0, tags.n_images, BLOCK):
        stop = min(start + BLOCK, tags.n_images)
        entries = slice(tags.matrix.indptr[start], tags.matrix.indptr[stop])
        block = absent(start, stop)
        doubt[entries] = -block[table.images[entries] - start, table.labels[entries]]
    return "k nearest images", absent, doubt


def factorised(table: Changed, rows: SparseRows, dim: int) -> tuple[str, Absent, DoubleArray]:
    """Truncated SVD; a tag that is judged is taken out of its image first."""
    _, _, axes = svds(rows, k=dim, random_state=0)
    places = axes.T
    sums = rows @ places
    doubt = np.empty(rows.nnz)
    for start in range(0, rows.nnz, 1 << 17):
        block = slice(start, start + (1 << 17))
        mine = places[table.labels[block]]
        doubt[block] = -np.einsum("ij,ij->i", sums[table.images[block]] - mine, mine)
    return f"truncated SVD: {dim}", lambda start, stop: sums[start:stop] @ axes, doubt


def linear(
    name: str, table: Changed, rows: SparseRows, weights: DoubleArray
) -> tuple[str, Absent, DoubleArray]:
    """Scores that are sums of weights over an image's tags, the tag itself weighing nothing."""
    doubt = np.empty(rows.nnz)
    for start in range(0, rows.shape[0], BLOCK):
        stop = min(start + BLOCK, rows.shape[0])
        entries = slice(rows.indptr[start], rows.indptr[stop])
        block = rows[start:stop] @ weights
        doubt[entries] = -block[table.images[entries] - start, table.labels[entries]]
    return name, lambda start, stop: rows[start:stop] @ weights, doubt


def ranks_of_hidden(table: Changed, absent: Absent) -> DoubleArray:
    """(hidden, 2): image and rank of each hidden tag among its image's absent ones; ties halve."""
    matrix = table.tags.matrix
    order = table.hidden[np.argsort(table.hidden[:, 0], kind="stable")]
    ranks = []
    for start in range(0, table.tags.n_images, BLOCK):
        stop = min(start + BLOCK, table.tags.n_images)
        mine = order[(order[:, 0] >= start) & (order[:, 0] < stop)]
        if not len(mine):
            continue
        scores = np.array(absent(start, stop), np.float64)
        entries = slice(matrix.indptr[start], matrix.indptr[stop])
        scores[table.images[entries] - start, table.labels[entries]] = -np.inf
        rows = scores[mine[:, 0] - start]
        own = rows[np.arange(len(mine)), mine[:, 1]][:, None]
        ranks.append(1 + (rows > own).sum(axis=1) + ((rows == own).sum(axis=1) - 1) / 2)
    return np.stack([order[:, 0], np.concatenate(ranks)], axis=1)


def recalls(found: list[DoubleArray]) -> dict[str, tuple[float, float, float]]:
    """Recall at some ranks with intervals; one hidden tag an image, so images are the unit."""
    if not found:
        return {}
    ranks = np.concatenate([part[:, 1] for part in found])
    weights = resample_images(len(ranks), RESAMPLES, 0) / len(ranks)
    return {
        f"recall@{k}": interval(float((ranks <= k).mean()), (ranks <= k) @ weights)
        for k in (1, 5, 10)
    }


def precision(found: list[tuple[DoubleArray, Changed]]) -> dict[str, tuple[float, float, float]]:
    """Average precision of the planted, mean over seeds, with an interval over images."""
    if not found:
        return {}
    figures, drawn = [], []
    for doubt, table in found:
        # Tags that cannot be judged stand between the two kinds.
        known = np.where(np.isnan(doubt), np.nanmedian(doubt), doubt)
        order = np.argsort(-known, kind="stable")
        planted, images = table.planted[order], table.images[order]
        figures.append(average_precision(planted, np.ones(len(order))))
        weights = resample_images(table.tags.n_images, 200, 0)
        drawn.append([average_precision(planted, column[images]) for column in weights.T])
    return {"AP": interval(float(np.mean(figures)), np.mean(drawn, axis=0))}


def average_precision(planted: BoolArray, weights: DoubleArray) -> float:
    """Average precision of a ranking whose items count as often as they were drawn."""
    right = np.cumsum(weights * planted)
    precision = right / np.maximum(np.cumsum(weights), 1e-12)
    return float((precision * weights)[planted].sum() / max(right[-1], 1e-12))


def interval(figure: float, drawn: DoubleArray) -> tuple[float, float, float]:
    """A figure and its interval."""
    return (figure, *centred_interval(figure, drawn))


def pairs_of(indptr: AnyArray) -> Iterator[tuple[int, int]]:
    """Starts and ends of rows."""
    yield from zip(indptr[:-1].tolist(), indptr[1:].tolist(), strict=True)


def written(found: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """The table of one data set."""
    keys = ["recall@1", "recall@5", "recall@10", "AP"]
    header = ["method", *keys[:-1], "AP of the planted"]
    rows = [
        [name, *("{:.3f} [{:.3f}, {:.3f}]".format(*values[key]) for key in keys)]
        for name, values in found.items()
    ]
    return reporting.table(header, rows)


if __name__ == "__main__":
    main()
