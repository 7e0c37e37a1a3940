"""A training on all rows as they are: nothing split, standardised, chosen or fitted afterwards."""

from pathlib import Path

import numpy as np

from labelsphere.annotations import Annotations
from labelsphere.arrays import AnyArray
from labelsphere.space import LabelSpace
from labelsphere.tagger import Architecture, Tagger, TrainingSettings
from labelsphere.tagger.inputs import FeatureInputs, Inputs
from labelsphere.tagger.label_context import LabelContext


def train_on_all(
    tags: Annotations,
    space: LabelSpace | None = None,
    *,
    backbone: Architecture,
    inputs: Inputs,
    settings: TrainingSettings,
    group: str | None = None,
) -> Tagger:
    """A tagger fitted to every row."""
    counted = tags if group is None else tags.one_per_group(group)
    labels = LabelContext.of(counted, space)
    tagger = Tagger(backbone, labels, inputs.settings(), inputs.sample_shape, seed=settings.seed)
    tagger.fit(tags, inputs, settings, group=group)
    return tagger


def learns_planted_tags(
    objective: str, tags: Annotations, features: AnyArray, folder: Path
) -> tuple[Tagger, FeatureInputs, AnyArray]:
    """Train an objective of points, check that it learns the tags, save it and load it again.

    Returns:
        The tagger as it was loaded, its inputs, and the best label of each.
    """
    tagger = train_on_all(
        tags,
        LabelSpace.fit(tags, method="smoothed", exponent=0.25),
        backbone=Architecture("mlp", {"hidden": 64}, objective=objective),
        inputs=FeatureInputs(features),
        settings=TrainingSettings(steps=150, batch_size=64, rate=1e-2),
    )
    inputs = FeatureInputs(features)
    best = best_labels(tagger, inputs)
    truth = tags.matrix.toarray() != 0
    tagged = np.flatnonzero(truth.any(axis=1))
    commonest = truth[tagged].mean(axis=0).max()
    assert truth[tagged, best[tagged]].mean() > max(0.8, commonest)
    tagger.save(folder / "tagger")
    again = Tagger.load(folder / "tagger")
    np.testing.assert_array_equal(best_labels(again, inputs), best)
    return again, inputs, best


def best_labels(tagger: Tagger, inputs: FeatureInputs) -> AnyArray:
    """The best label of each input."""
    return tagger.decoder().top(tagger.points(inputs), 1)[0][:, 0].numpy()
