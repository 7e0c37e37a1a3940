"""Fitting: the network, the decoder, the calibration."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from labelsphere.annotations import Annotations, PictureBytes
from labelsphere.arrays import AnyArray
from labelsphere.errors import DataError, UsageError
from labelsphere.space import LabelSpace
from labelsphere.tagger import Architecture, Tagger, TrainingSettings
from labelsphere.tagger.calibration import Goal
from labelsphere.tagger.inputs import FeatureInputs, ImageInputs
from labelsphere.tagger.label_context import LabelContext

Features = Callable[..., tuple[Annotations, AnyArray]]
SETTINGS = TrainingSettings(steps=40, batch_size=32, rate=0.01, precision="float32")


def new(
    tags: Annotations, inputs: FeatureInputs, objective: str = "logistic", seed: int = 0
) -> Tagger:
    labels = LabelContext.of(tags, LabelSpace.fit(tags, dim=4))
    architecture = Architecture("mlp", {"hidden": 8}, objective)
    return Tagger(architecture, labels, inputs.settings(), inputs.sample_shape, seed=seed)


def pictures_of(data: list[bytes]) -> PictureBytes:
    names = [f"picture {number}" for number in range(len(data))]
    return PictureBytes(pl.Series(data, dtype=pl.Binary), names)


def test_inputs_that_do_not_fit_are_refused(planted_features: Features) -> None:
    tags, features = planted_features(60)
    tagger = new(tags, FeatureInputs(features))
    with pytest.raises(UsageError, match="59 inputs for 60 annotated images"):
        tagger.fit(tags, FeatureInputs(features[:59]), SETTINGS)
    narrow = FeatureInputs(features[:, :7])
    with pytest.raises(UsageError, match=r"have shape \(7,\), and the tagger needs \(20,\)"):
        tagger.fit(tags, narrow, SETTINGS)
    with pytest.raises(UsageError, match=r"have shape \(7,\)"):
        tagger.tag_inputs(narrow)
    other, _ = planted_features(60, labels=10)
    with pytest.raises(UsageError, match="another vocabulary"):
        tagger.fit(other, FeatureInputs(features), SETTINGS)


def test_rows_without_target_or_pixels_are_left_out(
    coloured_squares: Callable[..., Annotations],
) -> None:
    squares = coloured_squares(120)
    assert squares.pictures is not None
    lists = [squares.tags_of(row) for row in range(120)]
    lists[3] = []
    pictures = [squares.pictures.read(row) for row in range(120)]
    pictures[5] = b"no picture"
    tags = Annotations.from_lists(lists, vocabulary=squares.vocabulary)
    inputs = ImageInputs(pictures_of(pictures), size=24)
    labels = LabelContext.of(tags)
    architecture = Architecture("resnet10t", {"channels": (8, 16, 32, 64)}, "logistic")
    tagger = Tagger(architecture, labels, inputs.settings(), inputs.sample_shape)
    assert tagger.trainable_rows(tags, inputs, np.arange(8)).tolist() == [0, 1, 2, 4, 6, 7]
    record = tagger.fit(tags, inputs, replace(SETTINGS, steps=None, epochs=1, batch_size=59))
    assert record.steps == 2


def test_a_table_without_known_tags_is_refused(planted_features: Features) -> None:
    tags, features = planted_features(60)
    untagged = Annotations.from_lists([[]] * 60, vocabulary=tags.vocabulary)
    with pytest.raises(DataError, match="0 have a tag that the tagger knows"):
        new(tags, FeatureInputs(features)).fit(untagged, FeatureInputs(features), SETTINGS)


def test_fitting_forgets_the_calibration_of_other_weights(planted_features: Features) -> None:
    tags, features = planted_features(60)
    inputs = FeatureInputs(features)
    tagger = new(tags, inputs)
    tagger.fit(tags, inputs, SETTINGS)
    rows = np.arange(40, 60)
    tagger.calibrate(tags, inputs, rows)
    assert tagger.calibration is not None
    tagger.fit_decoder(inputs, tags.matrix, rows)
    assert tagger.calibration is None
    tagger.calibrate(tags, inputs, rows)
    tagger.fit(tags, inputs, replace(SETTINGS, steps=1))
    assert tagger.calibration is None


def test_a_new_calibration_is_in_the_report(planted_features: Features) -> None:
    tags, features = planted_features(100)
    inputs = FeatureInputs(features)
    settings = replace(SETTINGS, steps=10)
    tagger = Tagger.train(tags, inputs=inputs, settings=settings, method="logistic")
    assert tagger.report is not None
    assert tagger.split is not None
    before = tagger.report
    prepared = FeatureInputs.from_settings(features, tagger.preparation)
    rows = tagger.split.rows(tags, "test")
    check = tagger.calibrate(tags, prepared, rows, Goal(f1=True))
    assert tagger.report == replace(before, calibration=check)
    assert check.fitted_images + check.checked_images == len(rows)


def test_the_decoder_is_fitted_on_a_matrix_of_the_labels(planted_features: Features) -> None:
    tags, features = planted_features(60)
    inputs = FeatureInputs(features)
    with pytest.raises(UsageError, match="expected a matrix of 60 inputs × 12 labels"):
        new(tags, inputs).fit_decoder(inputs, tags.matrix[:50], np.arange(10))
