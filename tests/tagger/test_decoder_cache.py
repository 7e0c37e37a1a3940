"""A kept decoder: the same object until what it was made from changes."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
import torch

from labelsphere.annotations import Annotations
from labelsphere.arrays import AnyArray
from labelsphere.tagger import Architecture, Tagger, TrainingSettings
from labelsphere.tagger.decoders import DecoderWeights
from labelsphere.tagger.inputs import FeatureInputs
from labelsphere.tagger.label_context import LabelContext
from labelsphere.tagger.network import head_of

Planted = Callable[..., tuple[Annotations, AnyArray]]


@pytest.fixture
def tagger(planted_features: Planted) -> Tagger:
    tags, _ = planted_features()
    return Tagger(Architecture("mlp", {"hidden": 8}, "logistic"), LabelContext.of(tags), {}, (20,))


def test_is_built_once_for_each_use(tagger: Tagger) -> None:
    assert tagger.decoder() is tagger.decoder()
    assert tagger.decoder(specific=True) is tagger.decoder(specific=True)
    assert tagger.decoder(specific=True) is not tagger.decoder()


@pytest.mark.parametrize("optimizer", ["adamw", "rmsprop"])
def test_is_built_again_after_training(
    tagger: Tagger, planted_features: Planted, optimizer: str
) -> None:
    tags, features = planted_features()
    before = tagger.decoder()
    settings = TrainingSettings(steps=1, rate=1e-2, warmup=0, optimizer=optimizer)
    tagger.fit(tags, FeatureInputs(features), settings, device="cpu")
    assert tagger.decoder() is not before
    points = torch.randn((3, 8))
    torch.testing.assert_close(
        tagger.decoder().scores(points), head_of(tagger.network)(points).detach()
    )


def test_is_built_again_for_other_weights_and_labels(tagger: Tagger) -> None:
    before = tagger.decoder()
    tagger.decoder_weights = DecoderWeights((2.0,), 0.5, -1.0)
    weighted = tagger.decoder()
    assert weighted is not before
    points = torch.randn((3, 8))
    prior = np.log((tagger.labels.counts + 0.5) / (tagger.labels.n_images + 1))
    expected = 2 * before.scores(points) + 0.5 * torch.from_numpy(prior).float()
    torch.testing.assert_close(weighted.scores(points), expected)
    tagger.labels = replace(tagger.labels, n_images=2 * tagger.labels.n_images)
    assert tagger.decoder() is not weighted


def test_is_built_again_for_loaded_weights(tagger: Tagger) -> None:
    before = tagger.decoder()
    state = {name: value + 1 for name, value in tagger.network.state_dict().items()}
    tagger.network.load_state_dict(state)
    assert tagger.decoder() is not before
