"""Weights know the normalisation of their training, and refuse pictures with another."""

from pathlib import Path

import pytest

from labelsphere.errors import UsageError
from labelsphere.tagger.pretrained.weights import PretrainedWeights

HALF = {"kind": "images", "mean": [0.5, 0.5, 0.5], "std": [0.5, 0.5, 0.5]}
IMAGENET = {"kind": "images", "mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225]}


def weights(name: str, backbone: str, path: Path | None = None) -> PretrainedWeights:
    return PretrainedWeights(name, backbone, path, "weights of a test")


def test_the_source_is_what_a_network_is_built_from() -> None:
    file = Path("w.safetensors")
    assert weights("hub", "resnet18").source is True
    assert weights("none", "resnet18").source is False
    assert weights("file", "resnet18", file).source == file


def test_pictures_have_the_normalisation_of_the_weights() -> None:
    inception = weights("hub", "inception_v3")
    assert inception.normalisation == ((0.5,) * 3, (0.5,) * 3)
    inception.check_preparation(HALF)
    with pytest.raises(UsageError, match="prepared with mean"):
        inception.check_preparation(IMAGENET)
    weights("hub", "resnet18").check_preparation(IMAGENET)
    with pytest.raises(UsageError, match="'resnet18' were trained with mean"):
        weights("hub", "resnet18").check_preparation(HALF)


def test_random_weights_take_any_pictures_but_nothing_else() -> None:
    random = weights("none", "inception_v3")
    random.check_preparation(HALF)
    random.check_preparation(IMAGENET)
    with pytest.raises(UsageError, match="need pictures, but got inputs of kind 'features'"):
        random.check_preparation({"kind": "features"})
