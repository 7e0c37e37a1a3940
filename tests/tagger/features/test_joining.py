"""A picture gets the scores of its features."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

from labelsphere.annotations import Annotations
from labelsphere.errors import UsageError
from labelsphere.space import LabelSpace
from labelsphere.tagger import Architecture, Tagger, TrainingSettings
from labelsphere.tagger.features import frozen_features, join_backbone
from labelsphere.tagger.inputs import FeatureInputs, ImageInputs
from labelsphere.tagger.label_context import LabelContext
from labelsphere.tagger.pretrained import PretrainedWeights

OPTIONS = {"channels": (8, 16, 32, 64)}
ROWS = np.arange(24)


def train(
    tags: Annotations, features: FeatureInputs, objective: str, layers: int
) -> tuple[Tagger, FeatureInputs]:
    fitted = features.fitted(ROWS)
    space = None if objective == "logistic" else LabelSpace.fit(tags, dim=3)
    tagger = Tagger(
        Architecture("mlp", {"hidden": 16, "layers": layers}, objective),
        LabelContext.of(tags, space),
        fitted.settings(),
        fitted.sample_shape,
    )
    settings = TrainingSettings(epochs=3, batch_size=8)
    tagger.fit(tags, fitted, settings, rows=ROWS, device="cpu")
    return tagger, fitted


@pytest.mark.parametrize("objective", ["logistic", "cosine", "sphere"])
@pytest.mark.parametrize("layers", [0, 2])
def test_a_picture_gets_the_scores_of_its_features(
    squares: Annotations,
    prepared: Callable[..., ImageInputs],
    weights_file: Callable[..., PretrainedWeights],
    tmp_path: Path,
    objective: str,
    layers: int,
) -> None:
    inputs, weights = prepared(), weights_file()
    features = frozen_features(inputs, weights, tmp_path / "f", options=OPTIONS, device="cpu")
    tagger, fitted = train(squares, features, objective, layers)
    before = {name: value.clone() for name, value in tagger.network.state_dict().items()}
    joined = join_backbone(tagger, weights, inputs.settings(), OPTIONS)
    assert not joined.takes_features
    assert tagger.takes_features
    expected = tagger.scores(fitted).rows(0, 40)
    joined.save(tmp_path / "tagger")
    loaded = Tagger.load(tmp_path / "tagger")
    for one in (joined, loaded):
        np.testing.assert_allclose(one.scores(inputs).rows(0, 40), expected, rtol=1e-5, atol=1e-5)
    assert squares.pictures is not None
    picture = squares.pictures.read(30)
    found = [tag.label for tag in loaded.tag(picture, top=3)]
    assert found == [tag.label for tag in tagger.tag_inputs(fitted, 3, rows=np.array([30]))[0]]
    # It can be trained further, and the tagger that it was made from stays as it is.
    joined.fit(squares, inputs, TrainingSettings(steps=1, batch_size=8), device="cpu")
    for name, value in tagger.network.state_dict().items():
        assert torch.equal(value, before[name])
    moved = joined.network.state_dict()
    assert not torch.equal(moved["backbone.conv1.0.weight"], _weights(loaded))
    assert torch.equal(moved["mean"], loaded.network.state_dict()["mean"])


def _weights(tagger: Tagger) -> torch.Tensor:
    found: torch.Tensor = tagger.network.state_dict()["backbone.conv1.0.weight"]
    return found


def test_what_does_not_belong_together_is_refused(
    squares: Annotations,
    prepared: Callable[..., ImageInputs],
    weights_file: Callable[..., PretrainedWeights],
) -> None:
    inputs, weights = prepared(), weights_file()
    random = np.random.default_rng(0).normal(size=(40, 5)).astype(np.float32)
    tagger, _ = train(squares, FeatureInputs(random), "logistic", 1)
    with pytest.raises(UsageError, match="vectors of width 5, but 'resnet10t' gives 64"):
        join_backbone(tagger, weights, inputs.settings(), OPTIONS)
    pictures = Tagger(
        Architecture("resnet10t", OPTIONS, "logistic"),
        LabelContext.of(squares, None),
        inputs.settings(),
        inputs.sample_shape,
    )
    with pytest.raises(UsageError, match="a tagger on feature vectors is needed"):
        join_backbone(pictures, weights, inputs.settings(), OPTIONS)
