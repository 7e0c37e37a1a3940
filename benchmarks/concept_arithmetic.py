"""Sums of tags (§4.4.1): are the tags nearest to A + B those of images that hold both?

    python benchmarks/concept_arithmetic.py TABLE [TABLE…] [--group base_id]

All pairs that are frequent enough are asked, so that nobody picks the good ones. Spaces and counts
come from the training images, truth from the test images; a table whose column
``split`` names no such images is cut in half at random.
"""

import argparse
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import reporting

from labelsphere import Annotations, LabelSpace
from labelsphere.arrays import BoolArray, DoubleArray, IntArray
from labelsphere.metrics.bootstrap import centred_interval, resample_images
from labelsphere.space import associate, count_cooccurrence

TOP = 5
LEAST = 10
"""Test images that must hold both tags of a pair."""
MOST_PAIRS = 5000
RESAMPLES = 2000
METHODS = {
    "combine": "nearest to the sum of the two tags' vectors, as `labelsphere combine` does",
    "combine, unit vectors": "the same with both brought to norm 1",
    "nearest to one": "nearest to the rarer of the two alone",
    "triples": "tags by how many training images hold all three: no arithmetic, and no answer for "
    "what was never seen",
    "joint counts": "tags by n(A, T) + n(B, T)",
    "conditional": "tags by p(T | A) + p(T | B)",
    "sum of NPMI": "tags by NPMI(A, T) + NPMI(B, T), from the counts",
    "sum of PMI": "the same with positive PMI: the sum that the space's vectors approximate",
    "popularity": "the most frequent tags",
}

Scores = Callable[[IntArray, IntArray], DoubleArray]


@dataclass(frozen=True)
class Question:
    """The pairs of one table, and the tags that really go with them.

    Attributes:
        train: Training annotations.
        first: (pairs,) int64, one tag of each pair.
        second: (pairs,) int64, the other.
        occurs: (pairs, labels) bool: in a test image that holds both.
        goes: (pairs, labels) bool: in at least a tenth of these, and twice as often as everywhere.
    """

    train: Annotations
    first: IntArray
    second: IntArray
    occurs: BoolArray
    goes: BoolArray


def main() -> None:
    """Ask every table, and write the report."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("tables", nargs="+", type=Path)
    parser.add_argument(
        "--group", help="column that marks variants of one image, where it is there"
    )
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    lines = [
        "# Sums of tags",
        "",
        f"All pairs of tags that {LEAST} test images hold, {MOST_PAIRS:,} at most, drawn at "
        f"random. **Occurs@{TOP}**: share of the first {TOP} answers that occur in such an image "
        f"at all. **Goes@{TOP}**: share that are in a tenth of these images and twice as common "
        "there as everywhere; pairs without such a tag are left out. The two tags are never "
        "answers. "
        "Brackets: 95 % bootstrap intervals over pairs.",
        "",
        *(f"- **{name}**: {what}" for name, what in METHODS.items()),
    ]
    values: dict[str, Any] = {}
    for path in given.tables:
        name = path.parent.name if path.stem == "labels" else path.stem
        question = asked(read(path, given.group, given.seed), given.seed)
        found = {method: judged(question, scores) for method, scores in ranked(question).items()}
        values[name] = {"pairs": len(question.first), "figures": found}
        header = ["method", f"occurs@{TOP}", f"goes@{TOP}"]
        rows = [
            [method, *("{:.3f} [{:.3f}, {:.3f}]".format(*figure) for figure in figures)]
            for method, figures in found.items()
        ]
        pairs = f"{len(question.first):,} pairs"
        lines += ["", f"## {name}: {pairs}", "", *reporting.table(header, rows)]
        print("\n".join(lines[-len(METHODS) - 4 :]), file=sys.stderr, flush=True)
    reporting.write_results("concept_arithmetic", lines, values, seed=given.seed)


def read(path: Path, group: str | None, seed: int) -> tuple[Annotations, Annotations]:
    """Training and test annotations."""
    tags = replace(Annotations.read(path), pictures=None)
    if group in tags.columns.columns:
        tags = tags.one_per_group(str(group))
    if "split" in tags.columns.columns and "train" in tags.column("split"):
        train, test = (tags.select(tags.rows_where("split", part)) for part in ("train", "test"))
        return train, test
    mixed = np.random.default_rng(seed).permutation(tags.n_images)
    half = tags.n_images // 2
    return tags.select(np.sort(mixed[:half])), tags.select(np.sort(mixed[half:]))


def asked(parts: tuple[Annotations, Annotations], seed: int) -> Question:
    """All frequent pairs, and which tags go with them in the test images."""
    train, test = parts
    placed = LabelSpace.fit(train).placed
    joint = count_cooccurrence(test).joint.tocoo()
    one, other = (np.asarray(part, np.int64) for part in joint.coords)
    kept = (one < other) & (joint.data >= LEAST) & placed[one] & placed[other]
    first, second = one[kept], other[kept]
    if len(first) > MOST_PAIRS:
        chosen = np.sort(np.random.default_rng(seed).permutation(len(first))[:MOST_PAIRS])
        first, second = first[chosen], second[chosen]
    columns = test.matrix.tocsc()
    share = test.label_counts() / test.n_images
    occurs = np.zeros((len(first), train.n_labels), np.bool_)
    goes = np.zeros_like(occurs)
    for pair, numbers in enumerate(zip(first.tolist(), second.tolist(), strict=True)):
        holding = [columns.indices[slice(*columns.indptr[n : n + 2])] for n in numbers]
        images = np.intersect1d(holding[0], holding[1])
        rows = test.matrix[images]
        counts = np.bincount(rows.indices, minlength=train.n_labels)
        counts[list(numbers)] = 0
        occurs[pair] = counts > 0
        goes[pair] = (counts >= 0.1 * len(images)) & (counts >= 2 * share * len(images))
        goes[pair] &= counts >= 2
    return Question(train, first, second, occurs, goes)


def ranked(question: Question) -> dict[str, Scores]:
    """Scores of all tags for some pairs, by every method."""
    train = question.train
    space = LabelSpace.fit(train)
    counts = count_cooccurrence(train)
    joint, once = counts.joint, counts.occurrences
    npmi = associate(counts, "npmi").sparse
    pmi = associate(counts, "pmi").sparse
    vectors, unit = space.vectors, space.unit_vectors
    rows = train.matrix.astype(np.float64)
    columns = rows.tocsc()
    conditional = joint.multiply(1.0 / np.maximum(once, 1.0)[:, None]).tocsr()

    def triples(first: IntArray, second: IntArray) -> DoubleArray:
        both = columns[:, first].multiply(columns[:, second])
        return np.asarray((both.T.tocsr() @ rows).toarray(), np.float64)

    def rarer(first: IntArray, second: IntArray) -> DoubleArray:
        chosen = np.where(once[first] < once[second], first, second)
        return np.asarray(unit[chosen] @ unit.T, np.float64)

    def summed(matrix: Any) -> Scores:
        return lambda a, b: np.asarray((matrix[a] + matrix[b]).toarray(), np.float64)

    return {
        "combine": lambda a, b: np.asarray((vectors[a] + vectors[b]) @ unit.T, np.float64),
        "combine, unit vectors": lambda a, b: np.asarray((unit[a] + unit[b]) @ unit.T, np.float64),
        "nearest to one": rarer,
        "triples": triples,
        "joint counts": summed(joint),
        "conditional": summed(conditional),
        "sum of NPMI": summed(npmi),
        "sum of PMI": summed(pmi),
        "popularity": lambda a, _: np.broadcast_to(once, (len(a), len(once))),
    }


def judged(question: Question, scores: Scores) -> list[tuple[float, float, float]]:
    """Occurs@k and goes@k with intervals."""
    occurs, goes = [], []
    blocks = [*range(0, len(question.first), 256), len(question.first)]
    for start, stop in pairwise(blocks):
        a, b = question.first[start:stop], question.second[start:stop]
        values = np.array(scores(a, b))
        everyone = np.arange(len(a))
        values[everyone, a] = values[everyone, b] = -np.inf
        best = np.argsort(-values, axis=1, kind="stable")[:, :TOP]
        occurs.append(np.take_along_axis(question.occurs[start:stop], best, axis=1).mean(axis=1))
        goes.append(np.take_along_axis(question.goes[start:stop], best, axis=1).mean(axis=1))
    answerable = question.goes.any(axis=1)
    found = [np.concatenate(occurs), np.concatenate(goes)[answerable]]
    figures = []
    for shares in found:
        drawn = shares @ resample_images(len(shares), RESAMPLES, 0) / len(shares)
        figures.append((float(shares.mean()), *centred_interval(float(shares.mean()), drawn)))
    return figures


if __name__ == "__main__":
    main()
