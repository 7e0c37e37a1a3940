"""The network that all methods share, and the pictures prepared for it."""

from collections.abc import Callable

import pytest

from labelsphere.annotations import Annotations
from labelsphere.comparison import ComparisonSettings
from labelsphere.comparison.network_options import (
    FROZEN_SIZE,
    SIZE,
    network_settings,
    picture_inputs,
)
from labelsphere.errors import UsageError
from labelsphere.tagger import Architecture
from labelsphere.tagger.normalisation import IMAGENET_MEAN, IMAGENET_STD
from labelsphere.tagger.options import TrainingOptions
from labelsphere.tagger.presets import PRESETS
from labelsphere.tagger.pretrained import PretrainedWeights


def test_pictures_are_prepared_as_the_options_say(
    coloured_squares: Callable[..., Annotations],
) -> None:
    tags = coloured_squares(6)
    options = TrainingOptions(image_size=24, fit="crop", augment="shift")
    settings = network_settings(options, features=False)
    assert picture_inputs(tags, settings, options).settings() == {
        "kind": "images",
        "size": 24,
        "fit": "crop",
        "augment": "shift",
        "mean": list(IMAGENET_MEAN),
        "std": list(IMAGENET_STD),
    }


def test_pictures_are_prepared_for_the_network(
    coloured_squares: Callable[..., Annotations],
) -> None:
    tags = coloured_squares(6)
    assert picture_inputs(tags, ComparisonSettings()).sample_shape == (3, SIZE, SIZE)
    options = TrainingOptions(preset="paper")
    size = PRESETS["paper"].image_size
    settings = network_settings(options, features=False)
    assert settings.training == PRESETS["paper"].settings
    assert picture_inputs(tags, settings, options).sample_shape == (3, size, size)
    # Inception v3's published weights are used to other colours than a random network.
    trained = ComparisonSettings(settings.architecture, pretrained=True)
    assert picture_inputs(tags, trained).settings()["mean"] == [0.5, 0.5, 0.5]
    weights = PretrainedWeights("hub", "inception_v3", None, "published")
    frozen = ComparisonSettings(Architecture("mlp"), frozen=weights)
    assert picture_inputs(tags, frozen).sample_shape == (3, FROZEN_SIZE, FROZEN_SIZE)
    assert picture_inputs(tags, frozen).settings()["mean"] == [0.5, 0.5, 0.5]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (TrainingOptions(freeze=True), "--freeze computes features of pictures"),
        (TrainingOptions(pretrained="auto"), "not of features"),
    ],
)
def test_what_is_about_pictures_is_refused_with_features(
    options: TrainingOptions, message: str
) -> None:
    with pytest.raises(UsageError, match=message):
        network_settings(options, features=True)


def test_a_table_without_pictures_is_refused() -> None:
    with pytest.raises(UsageError, match="name their folder with --images"):
        picture_inputs(Annotations.from_lists([["sea"]]), ComparisonSettings())
