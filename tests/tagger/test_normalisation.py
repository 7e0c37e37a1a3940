"""Colours as published weights expect them."""

import pytest
import timm

from labelsphere.tagger.normalisation import channel_normalisation

IMAGENET = ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))


@pytest.mark.parametrize("backbone", ["inception_v3", "test_resnet", "resnet18"])
def test_trained_weights_get_the_colours_of_their_training(backbone: str) -> None:
    # The network itself carries what it was published with.
    published = timm.create_model(backbone).pretrained_cfg
    found = channel_normalisation(backbone, pretrained=True)
    assert found == (tuple(published["mean"]), tuple(published["std"]))


def test_chance_and_unpublished_backbones_get_imagenets() -> None:
    assert channel_normalisation("inception_v3", pretrained=False) == IMAGENET
    assert channel_normalisation("mlp", pretrained=True) == IMAGENET
