"""What pretrained weights are worth: a head on frozen features, on a slice of the bundled icons.

The backbone stays as it is; a logistic head with one hidden layer is trained on its features. The
others are the same network with random weights, and a small residual network trained from random
weights on the pictures themselves, as ``labelsphere train --preset small`` does.

    python benchmarks/pretrained.py
"""

import argparse
import time
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING

from reporting import table, write_results

if TYPE_CHECKING:
    from labelsphere.annotations import Annotations
    from labelsphere.arrays import IntArray
    from labelsphere.tagger import Architecture, Tagger, TrainingSettings
    from labelsphere.tagger.inputs import Inputs

LEAST_IMAGES = 10
"""Labels with fewer training images in the slice are left out: they measure the slice's size."""


@dataclass(frozen=True)
class Row:
    """One line of the table.

    Attributes:
        network: What was trained, in words.
        feature_seconds: Time of computing the features; None without.
        training_seconds: Time of training.
        precision: Precision of the first tag.
        image_ap: Average precision per image.
    """

    network: str
    feature_seconds: float | None
    training_seconds: float
    precision: float
    image_ap: float


def main() -> None:
    """Train on the slice and write the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--share", type=int, default=8, help="one of so many groups of icons")
    parser.add_argument("--size", type=int, default=128, help="side of a picture in pixels")
    parser.add_argument("--epochs", type=float, default=15)
    given = parser.parse_args()

    from labelsphere.tagger import TrainingSettings, preset
    from labelsphere.tagger.features import frozen_features
    from labelsphere.tagger.inputs import ImageInputs
    from labelsphere.tagger.pretrained import DEFAULT_BACKBONE, PRETRAINED, resolve_pretrained

    tags, train, test = slice_of_icons(given.share)
    assert tags.pictures is not None
    settings = TrainingSettings(epochs=given.epochs, batch_size=64)
    rows = []
    for name in ("none", "lite0", "lite2"):
        weights = resolve_pretrained(name, DEFAULT_BACKBONE if name == "none" else None)
        mean, std = weights.normalisation
        inputs = ImageInputs(tags.pictures, given.size, mean=mean, std=std)
        started = time.perf_counter()
        features = frozen_features(inputs, weights, None)
        seconds = time.perf_counter() - started
        tagger, took = train_on(tags, features.fitted(train), train, settings, None)
        what = f"{weights.backbone}, frozen, {PRETRAINED[name].split(' (')[0]}"
        rows.append(measured(what, seconds, took, tagger, tags, features.fitted(train), test))
    small = preset("small")
    pictures = ImageInputs(tags.pictures, small.image_size, augment="shift")
    tagger, took = train_on(tags, pictures, train, settings, small.architecture)
    what = f"{small.architecture.backbone}, trained from random weights at {small.image_size} px"
    rows.append(measured(what, None, took, tagger, tags, pictures, test))

    lines = [
        "# Pretrained weights on a slice of the icons",
        "",
        f"{len(train):,} icons to train on, {len(test):,} to test, {tags.n_labels:,} labels with "
        f"{LEAST_IMAGES} training images or more; {given.size} px, {given.epochs:g} epochs.",
        "",
        *table(
            ["network", "features, s", "training, s", "P@1", "AP per image"],
            [
                [
                    row.network,
                    "–" if row.feature_seconds is None else f"{row.feature_seconds:.0f}",
                    f"{row.training_seconds:.0f}",
                    f"{row.precision:.3f}",
                    f"{row.image_ap:.3f}",
                ]
                for row in rows
            ],
        ),
    ]
    values = {"rows": [asdict(row) for row in rows], "train": len(train), "test": len(test)}
    write_results("pretrained", lines, values, seed=0, packages=["timm"])


def slice_of_icons(share: int) -> "tuple[Annotations, IntArray, IntArray]":
    """Some groups of icons with their frequent labels; rows to train on and to test on."""
    import numpy as np

    from labelsphere.annotations import Annotations, Vocabulary
    from labelsphere.datasets import icons_path, read_icons

    icons = read_icons()
    assert icons.columns is not None
    split = icons.columns["split"].to_numpy()
    inside = icons.groups("base_id") % share == 0
    counts = icons.select(np.flatnonzero(inside & (split == "train"))).label_counts()
    kept = [icons.vocabulary[number] for number in np.flatnonzero(counts >= LEAST_IMAGES).tolist()]
    tags = Annotations.read(icons_path(), vocabulary=Vocabulary(kept))
    tagged = inside & (np.diff(tags.matrix.indptr) > 0)
    train, test = (np.flatnonzero(tagged & (split == part)) for part in ("train", "test"))
    # The slice alone, so that no features are computed for the others.
    rows = np.concatenate([train, test])
    return tags.select(rows), np.arange(len(train)), len(train) + np.arange(len(test))


def train_on(
    tags: "Annotations",
    inputs: "Inputs",
    rows: "IntArray",
    settings: "TrainingSettings",
    network: "Architecture | None",
) -> "tuple[Tagger, float]":
    """A logistic tagger on features, or of a network on pictures; and its seconds."""
    from labelsphere.tagger import Architecture, Tagger
    from labelsphere.tagger.label_context import LabelContext

    tagger = Tagger(
        replace(network or Architecture("mlp"), objective="logistic"),
        LabelContext.of(tags.select(rows), None),
        inputs.settings(),
        inputs.sample_shape,
    )
    record = tagger.fit(tags, inputs, settings, rows=rows)
    return tagger, record.seconds


def measured(
    network: str,
    feature_seconds: float | None,
    training_seconds: float,
    tagger: "Tagger",
    tags: "Annotations",
    inputs: "Inputs",
    rows: "IntArray",
) -> Row:
    """How good a tagger is on the test rows."""
    from labelsphere.metrics import evaluate

    found = evaluate(
        tagger.scores(inputs, rows),
        tags.matrix[rows],
        label_counts=tagger.labels.counts,
        per_class=False,
    )
    return Row(
        network,
        feature_seconds,
        training_seconds,
        found.values["precision@1"],
        found.values["image_ap"],
    )


if __name__ == "__main__":
    main()
