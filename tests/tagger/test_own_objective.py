"""Objectives and decoders of a user's own, as classes and as instances."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Self

import numpy as np
import pytest
import torch
from torch import Tensor

from labelsphere.annotations import Annotations
from labelsphere.arrays import AnyArray
from labelsphere.errors import ArtefactError, UsageError
from labelsphere.space import LabelSpace
from labelsphere.tagger import Architecture, Tagger, TrainingSettings
from labelsphere.tagger.decoders import DECODERS
from labelsphere.tagger.decoders.logistic import LogisticKind
from labelsphere.tagger.inputs import FeatureInputs
from labelsphere.tagger.label_batch import LabelBatch
from labelsphere.tagger.label_context import LabelContext
from labelsphere.tagger.objectives import OBJECTIVES, Objective, objective_name
from labelsphere.tagger.objectives.sphere import Sphere

Planted = Callable[..., tuple[Annotations, AnyArray]]
SETTINGS = TrainingSettings(steps=120, batch_size=64, rate=1e-2)


class SquaredError(Objective):
    """Squared distance of the outputs from the multi-hot rows."""

    description = "squared error of every label"

    def __init__(self, width: int) -> None:
        super().__init__()
        self.width = width

    @classmethod
    def build(cls, labels: LabelContext) -> Self:
        return cls(len(labels.counts))

    def forward(self, predicted: Tensor, labels: LabelBatch) -> Tensor:
        target = torch.zeros_like(predicted)
        target[labels.image_of_tag(), labels.indices] = 1
        return (predicted.float() - target).square().sum(dim=1).mean()


class Halved(LogisticKind):
    """Logits, as a decoder of one's own."""

    description = "the logit of each label, again"


@pytest.fixture(autouse=True)
def registries_as_before() -> Iterator[None]:
    objectives, decoders = dict(OBJECTIVES), dict(DECODERS)
    yield
    for registry, before in ((OBJECTIVES, objectives), (DECODERS, decoders)):
        for name in set(registry) - set(before):
            del registry[name]


def trained(architecture: Architecture, planted: Planted, space: LabelSpace | None) -> float:
    tags, features = planted()
    inputs = FeatureInputs(features)
    tagger = Tagger(architecture, LabelContext.of(tags, space), inputs.settings(), (20,))
    tagger.fit(tags, inputs, SETTINGS, device="cpu")
    best = tagger.decoder().top(tagger.points(inputs), 1)[0][:, 0].numpy()
    return float((tags.matrix.toarray() != 0)[np.arange(len(best)), best].mean())


def test_a_class_trains_is_saved_and_is_loaded_again(
    planted_features: Planted, tmp_path: Path
) -> None:
    architecture = Architecture("mlp", {"hidden": 64}, SquaredError, Halved)
    assert (architecture.objective, architecture.decoder) == ("SquaredError", "Halved")
    assert trained(architecture, planted_features, None) > 0.8
    tags, features = planted_features()
    inputs = FeatureInputs(features)
    tagger = Tagger(architecture, LabelContext.of(tags), inputs.settings(), (20,))
    tagger.save(tmp_path / "tagger")
    loaded = Tagger.load(tmp_path / "tagger")
    assert isinstance(loaded.objective, SquaredError)
    assert loaded.tag_inputs(inputs, 3) == tagger.tag_inputs(inputs, 3)
    del OBJECTIVES["SquaredError"]
    with pytest.raises(ArtefactError, match=r"'SquaredError', which is not one of .* OBJECTIVES"):
        Tagger.load(tmp_path / "tagger")


def test_an_instance_trains_with_its_own_settings(planted_features: Planted) -> None:
    tags, _ = planted_features()
    space = LabelSpace.fit(tags, dim=6)

    class Pointing(Sphere):
        """The sphere under a name of its own."""

    pointing = Pointing(LabelContext.of(tags, space), space, classifier=False, cosine=0.5)
    architecture = Architecture("mlp", {"hidden": 64}, pointing)
    assert architecture.objective == "Pointing"
    assert trained(architecture, planted_features, space) > 0.8


def test_names_classes_and_instances_are_one() -> None:
    assert objective_name("sphere") == "sphere"
    assert objective_name(Sphere) == "sphere"
    assert Architecture(objective=Sphere).objective == "sphere"
    assert Architecture(decoder=LogisticKind).decoder == "logistic"
    assert Architecture(decoder=DECODERS["cosine"]).decoder == "cosine"
    taken = type("logistic", (SquaredError,), {})
    with pytest.raises(UsageError, match="'logistic' is an objective of Labelsphere"):
        objective_name(taken)
