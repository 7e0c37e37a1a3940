"""Frozen backbones are repeatable, and the key of their features changes with what decides them."""

from collections.abc import Callable

import pytest
import torch

from labelsphere.errors import UsageError
from labelsphere.tagger.features.backbone import feature_key, frozen_backbone
from labelsphere.tagger.inputs import ImageInputs
from labelsphere.tagger.pretrained import PretrainedWeights

OPTIONS = {"channels": (8, 16, 32, 64)}
SHAPE = (3, 32, 32)
RANDOM = PretrainedWeights("none", "resnet10t", None, "random weights")


def test_random_weights_are_the_same_each_time_and_leave_the_generator_alone() -> None:
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    first = frozen_backbone(RANDOM, SHAPE, OPTIONS)
    assert torch.equal(torch.rand(3), expected)
    second = frozen_backbone(RANDOM, SHAPE, OPTIONS)
    for one, other in zip(first.parameters(), second.parameters(), strict=True):
        assert torch.equal(one, other)
        assert not one.requires_grad
    assert not first.training


def test_the_key_follows_weights_preparation_and_options_alone(
    prepared: Callable[..., ImageInputs], weights_file: Callable[..., PretrainedWeights]
) -> None:
    weights, preparation = weights_file(), prepared().settings()
    network = frozen_backbone(weights, SHAPE, OPTIONS)
    key = feature_key(network, weights, preparation, OPTIONS)
    renamed = PretrainedWeights("hub", weights.backbone, None, "other words")
    augmented = {**preparation, "augment": "shift+flip"}
    assert feature_key(network, renamed, augmented, OPTIONS) == key
    with torch.no_grad():
        network.get_classifier().bias += 1.0  # type: ignore[operator] # timm's
    assert feature_key(network, weights, preparation, OPTIONS) == key
    others = {
        key,
        feature_key(network, weights, {**preparation, "size": 48}, OPTIONS),
        feature_key(network, weights, {**preparation, "mean": [0.0] * 3}, OPTIONS),
        feature_key(network, weights, preparation, {**OPTIONS, "drop_rate": 0.1}),
        feature_key(
            frozen_backbone(weights_file(1), SHAPE, OPTIONS), weights, preparation, OPTIONS
        ),
    }
    assert len(others) == 5


def test_an_unknown_backbone_is_refused() -> None:
    with pytest.raises(UsageError, match="timm has no backbone 'resnet_18'"):
        frozen_backbone(PretrainedWeights("none", "resnet_18", None, ""), SHAPE, None)
