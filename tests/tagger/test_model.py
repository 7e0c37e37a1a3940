"""A network with its labels: how it begins, what it computes, which inputs it takes."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
import torch

from labelsphere.annotations import Annotations
from labelsphere.arrays import AnyArray
from labelsphere.errors import UsageError
from labelsphere.space import LabelSpace
from labelsphere.tagger import Architecture, Tagger, TrainingSettings
from labelsphere.tagger.inputs import FeatureInputs
from labelsphere.tagger.label_context import LabelContext
from labelsphere.tagger.model import TaggerModel

Features = Callable[..., tuple[Annotations, AnyArray]]
SETTINGS = TrainingSettings(steps=40, batch_size=32, rate=0.01, precision="float32")


def new(
    tags: Annotations, inputs: FeatureInputs, objective: str = "logistic", seed: int = 0
) -> Tagger:
    labels = LabelContext.of(tags, LabelSpace.fit(tags, dim=4))
    architecture = Architecture("mlp", {"hidden": 8}, objective)
    return Tagger(architecture, labels, inputs.settings(), inputs.sample_shape, seed=seed)


def test_an_unknown_objective_is_refused(planted_features: Features) -> None:
    tags, features = planted_features(60)
    with pytest.raises(UsageError, match=r"one of cosine, logistic, .*but got 'hinge'"):
        new(tags, FeatureInputs(features), "hinge")


def test_from_equal_seeds_only_the_head_depends_on_the_objective(
    planted_features: Features,
) -> None:
    tags, features = planted_features(60)
    states = [
        new(tags, FeatureInputs(features), objective, seed).network.state_dict()
        for objective, seed in [("logistic", 3), ("cosine", 3), ("cosine", 4)]
    ]
    trunk = [name for name in states[0] if name.startswith("trunk.0")]
    assert trunk
    assert all(torch.equal(states[0][name], states[1][name]) for name in trunk)
    assert not torch.equal(states[1]["trunk.0.weight"], states[2]["trunk.0.weight"])
    assert states[0]["head.weight"].shape != states[1]["head.weight"].shape


def test_predicts_in_the_precision_of_its_training(planted_features: Features) -> None:
    tags, features = planted_features(60)
    inputs = FeatureInputs(features)
    points = []
    for precision in ("float32", "bfloat16"):
        tagger = new(tags, inputs)
        tagger.fit(tags, inputs, replace(SETTINGS, rate=1e-12, precision=precision))
        points.append(tagger.points(inputs))
    assert not torch.equal(*points)
    torch.testing.assert_close(*points, rtol=0.1, atol=0.05)


def test_making_a_tagger_leaves_the_callers_random_numbers_alone(
    planted_features: Features,
) -> None:
    tags, features = planted_features(60)
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    new(tags, FeatureInputs(features))
    torch.testing.assert_close(torch.rand(3), expected)


def test_points_come_row_by_row_and_the_decoder_ranks_them(planted_features: Features) -> None:
    tags, features = planted_features(60)
    inputs = FeatureInputs(features)
    model = TaggerModel(
        Architecture("mlp", {"hidden": 8}, "cosine"),
        LabelContext.of(tags, LabelSpace.fit(tags, dim=4)),
        inputs.settings(),
        inputs.sample_shape,
    )
    points = model.points(inputs)
    assert points.shape == (60, 4)
    torch.testing.assert_close(model.points(inputs, np.array([7, 3])), points[[7, 3]])
    scores = model.scores(inputs)
    assert scores.shape == (60, 12)
    assert model.space is not None
    unit = points.numpy() / np.linalg.norm(points.numpy(), axis=1, keepdims=True)
    expected = np.where(model.space.placed, unit @ model.space.unit_vectors.T, -np.inf)
    np.testing.assert_allclose(scores.rows(0, 60), expected, atol=1e-5)
    assert repr(model) == "TaggerModel(mlp, cosine, 12 labels)"
    assert model.takes_features
    with pytest.raises(UsageError, match=r"have shape \(7,\)"):
        model.points(FeatureInputs(features[:, :7]))
    with pytest.raises(UsageError, match="trained on feature vectors"):
        model.prepare(["picture.png"])
