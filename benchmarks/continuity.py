"""Continuity (§3.3.3): how much each loss changes when one tag is dropped from an image.

The paper holds that cross-entropy jumps where an annotator forgets one of several tags, and cosine
proximity hardly moves. Here that is measured over all test images with two tags or more, and over
every tag that can be dropped from each, at the predictions of trained taggers, which stay as they
are while the tag goes:

- logistic regression: cross-entropy summed over classes, Σ softplus(z_n) − Σ_{c ∈ C} z_c;
- softmax over tags: cross-entropy to an even share of each tag, log Σ exp z_n − mean_{c ∈ C} z_c,
  at its own tagger's logits where one was trained, else at the logarithms of the logistic tagger's
  probabilities, which softmax turns into shares;
- cosine proximity: 1 − cos(ẽ, Σ_{c ∈ C} e_c), the paper's loss moved so that 0 is perfect;
- the sphere, where one was trained: its own loss, that of its point and of its classifier together.

Tags without a place in a label space compared are left out.

Losses have different units. So each change is divided, once by the loss's spread (the standard
deviation over the same images with all tags: how far apart it sets a good prediction from a bad
one), and once by the image's own loss, as in the paper's example of 30 %.

    labelsphere compare labels.parquet --features features.npz --output report
    python benchmarks/continuity.py report labels.parquet --features features.npz --name corel5k
"""

import argparse
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import reporting
import torch
from matplotlib.figure import Figure
from scipy.sparse import csr_array
from torch import Tensor
from torch.nn.functional import normalize, softplus

from labelsphere import Annotations
from labelsphere.annotations import split_rows
from labelsphere.arrays import DoubleArray, SparseRows
from labelsphere.artefact import new_file
from labelsphere.cli.inputs import InputOptions
from labelsphere.comparison.report import theme
from labelsphere.errors import UsageError
from labelsphere.tagger import Tagger
from labelsphere.tagger.decoders import posterior_decoder
from labelsphere.tagger.label_context import LabelContext
from labelsphere.tagger.objectives.likelihood import SIGMOIDS, SOFTMAX
from labelsphere.tagger.scores import predict_points

TITLES = {
    "logistic": "Logistic regression",
    "softmax": "Softmax over tags",
    "paper": "Cosine proximity (the paper)",
    "sphere": "Sphere",
}
QUANTILES = (0.1, 0.25, 0.5, 0.75, 0.9, 0.99)


@dataclass(frozen=True)
class Drops:
    """What dropping a tag does to one loss.

    Attributes:
        before: Loss with all tags, one an image, (images,) float64.
        changes: Loss without the tag less loss with it, one for each tag of each image, (tags,).
        image: Which image each belongs to, (tags,) int64.
    """

    before: DoubleArray
    changes: DoubleArray
    image: Any

    def by_spread(self) -> DoubleArray:
        """Sizes of the changes over the spread of the loss over images."""
        return np.asarray(np.abs(self.changes) / self.before.std(), np.float64)

    def by_own(self) -> DoubleArray:
        """Sizes of the changes over the image's own loss."""
        return np.asarray(np.abs(self.changes) / self.before[self.image], np.float64)


def main() -> None:
    """Measure, and write a table and a drawing."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("comparison", type=Path, help="folder of a comparison with taggers")
    parser.add_argument("tags", type=Path, help="the tag table compared, with a split column")
    parser.add_argument("--features", type=Path)
    parser.add_argument("--split", default="split")
    parser.add_argument("--group", help="column that marks variants of one image")
    parser.add_argument("--name", required=True, help="of the data, in the results")
    given = parser.parse_args()
    tags = Annotations.read(given.tags)
    taggers = _taggers(given.comparison / "taggers")
    if given.group is not None:
        tags = tags.one_per_group(given.group)
    rows = split_rows(tags, given.split, "test")
    # Every loss at the same images: those that lose no target when a tag goes.
    placed = _placed(tags.matrix, taggers.values())
    rows = rows[np.diff(placed.indptr)[rows] > 1]
    truth = placed[rows]
    options = InputOptions(given.features)
    found = {}
    for name, tagger in taggers.items():
        inputs = options.prepared(tagger, tags)
        scores = _outputs(tagger, inputs, rows)
        found[name] = LOSSES[name](scores, truth, tagger.labels)
    if "softmax" not in found:
        inputs = options.prepared(taggers["logistic"], tags)
        odds = _outputs(taggers["logistic"], inputs, rows)
        found["softmax"] = softmax_drops(torch.nn.functional.logsigmoid(odds), truth, None)
    found = {name: found[name] for name in TITLES if name in found}
    _write(given.name, found, len(rows))


def logistic_drops(logits: Tensor, truth: SparseRows, _: LabelContext | None) -> Drops:
    """Cross-entropy summed over classes: without a tag it changes by the tag's logit."""
    image, _tag, given = _pairs(truth, logits)
    totals = np.bincount(image, given, minlength=len(logits))
    before = np.asarray(softplus(logits.double()).sum(1).numpy() - totals, np.float64)
    return Drops(before, given, image)


def softmax_drops(logits: Tensor, truth: SparseRows, _: LabelContext | None) -> Drops:
    """Cross-entropy to an even share of each tag: without a tag the others' shares grow."""
    image, _tag, given = _pairs(truth, logits)
    counts = np.bincount(image, minlength=len(logits))
    totals = np.bincount(image, given, minlength=len(logits))
    means = totals / counts
    before = torch.logsumexp(logits.double(), 1).numpy() - means
    without = (totals[image] - given) / (counts[image] - 1)
    return Drops(before, means[image] - without, image)


def cosine_drops(points: Tensor, truth: SparseRows, labels: LabelContext | None) -> Drops:
    """One minus the cosine between the point and the sum of the tags' vectors."""
    space = _needed(labels).needed_space("cosine")
    image, tag, _values = _pairs(truth, None)
    vectors = space.vectors.astype(np.float64)
    sums = truth.astype(bool).astype(np.float64) @ vectors
    direction = normalize(points.double(), dim=1).numpy()
    before = 1 - (direction * sums).sum(1) / np.linalg.norm(sums, axis=1)
    rest = sums[image] - vectors[tag]
    after = 1 - (direction[image] * rest).sum(1) / np.linalg.norm(rest, axis=1)
    return Drops(before, after - before[image], image)


def sphere_drops(outputs: Tensor, truth: SparseRows, labels: LabelContext | None) -> Drops:
    """The loss of the point and of the classifier, as `Sphere` adds them."""
    known = _needed(labels)
    space = known.needed_space("sphere")
    points, log_odds = outputs[:, : space.dim], outputs[:, space.dim :]
    explained = posterior_decoder(known, space).scores(points)

    def likelihood_parts(logits: Tensor) -> list[tuple[float, Drops]]:
        return [
            (SIGMOIDS, logistic_drops(logits, truth, None)),
            (SOFTMAX, softmax_drops(logits, truth, None)),
        ]

    parts = [
        (1.0, cosine_drops(points, truth, known)),
        *likelihood_parts(explained),
        *(likelihood_parts(log_odds) if log_odds.shape[1] else []),
    ]
    return Drops(
        np.sum([weight * part.before for weight, part in parts], axis=0),
        np.sum([weight * part.changes for weight, part in parts], axis=0),
        parts[0][1].image,
    )


LOSSES = {
    "logistic": logistic_drops,
    "softmax": softmax_drops,
    "paper": cosine_drops,
    "sphere": sphere_drops,
}


def _needed(labels: LabelContext | None) -> LabelContext:
    if labels is None:
        raise UsageError("this loss needs the tagger's labels")
    return labels


def _pairs(truth: SparseRows, logits: Tensor | None) -> tuple[Any, Any, DoubleArray]:
    """Image and tag of each true pair, and the tag's logit."""
    image = np.repeat(np.arange(truth.shape[0]), np.diff(truth.indptr))
    tag = truth.indices.astype(np.int64)
    if logits is None:
        return image, tag, np.zeros(len(tag))
    return image, tag, logits.double().numpy()[image, tag]


def _taggers(folder: Path) -> dict[str, Tagger]:
    found = {name: Tagger.load(folder / name) for name in TITLES if (folder / name).is_dir()}
    missing = [name for name in ("logistic", "paper") if name not in found]
    if missing:
        raise UsageError(f"{folder} has no tagger {missing[0]!r}; compare logistic,paper first")
    return found


def _placed(matrix: SparseRows, taggers: Iterable[Tagger]) -> SparseRows:
    """The tags that have a place in every label space."""
    known = np.ones(matrix.shape[1], np.bool_)
    for tagger in taggers:
        if tagger.space is not None:
            known &= tagger.space.placed
    rows, tags = matrix.nonzero()
    kept = known[tags]
    shape = (np.ones(int(kept.sum()), np.int64), (rows[kept], tags[kept]))
    return csr_array(shape, shape=matrix.shape)


def _outputs(tagger: Tagger, inputs: Any, rows: Any) -> Tensor:
    """What the network puts out, (rows, width) float32: logits, a point, or both."""
    return predict_points(tagger.network, inputs, rows, features=False).cpu()


def _write(name: str, found: Mapping[str, Drops], images: int) -> None:
    views = {"spread": Drops.by_spread, "own loss": Drops.by_own}
    rows, values = [], {}
    for key, drops in found.items():
        for view, of in views.items():
            sizes = of(drops)
            quantiles = np.quantile(sizes, QUANTILES)
            rows.append(
                [
                    f"{TITLES[key]}, over its {view}",
                    *(f"{q:.3f}" for q in [*quantiles, sizes.mean()]),
                ]
            )
            values[f"{key}, {view}"] = {
                "quantiles": dict(zip(map(str, QUANTILES), quantiles.tolist(), strict=True)),
                "mean": float(sizes.mean()),
            }
    pairs = len(next(iter(found.values())).changes)
    header = ["Change when one tag goes", *(f"{q:.0%}" for q in QUANTILES), "mean"]
    lines = [
        f"# Continuity of the losses on {name}",
        "",
        f"{pairs:,} tags dropped one at a time from {images:,} test images of two tags or more, at "
        "the predictions of trained taggers. Quantiles of the size of the change, once over the "
        "spread of the loss over these images, once over the image's own loss.",
        "",
        *reporting.table(header, rows),
        "",
        f"![Distribution of the changes](continuity_{name}.png)",
    ]
    with new_file(reporting.RESULTS / f"continuity_{name}.png") as beside:
        beside.write_bytes(_drawing(found, views))
    everything = {"images": images, "dropped": pairs, "losses": values}
    reporting.write_results(f"continuity_{name}", lines, everything, packages=("matplotlib",))


def _drawing(found: Mapping[str, Drops], views: Mapping[str, Any]) -> bytes:
    """The share of dropped tags that change a loss by no more than so much."""
    with theme.drawing():
        figure = Figure(figsize=(11, 4.2), layout="constrained")
        for axes, (view, of) in zip(figure.subplots(1, 2), views.items(), strict=True):
            axes.set_xlabel(f"size of the change / {view} of the loss")
            for key, drops in found.items():
                sizes = np.sort(of(drops))
                axes.plot(
                    np.maximum(sizes, 1e-4),
                    np.arange(1, len(sizes) + 1) / len(sizes),
                    marker="",
                    label=TITLES[key],
                )
            axes.set_xscale("log")
            axes.set_xlim(1e-3, 10)
            axes.set_ylim(0, 1)
            axes.set_title(f"Over its {view}")
            axes.set_ylabel("share of dropped tags")
        axes.legend()
        return theme.png(figure)


if __name__ == "__main__":
    main()
