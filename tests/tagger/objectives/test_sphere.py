"""Both parts of the sphere's objective against their own, what is read off, and a training."""

from collections.abc import Callable

import numpy as np
import pytest
import torch

from labelsphere.annotations import Annotations
from labelsphere.arrays import AnyArray, SparseRows
from labelsphere.errors import UsageError
from labelsphere.space import LabelSpace
from labelsphere.tagger import Architecture, Tagger, TrainingSettings
from labelsphere.tagger.inputs import FeatureInputs
from labelsphere.tagger.label_batch import LabelBatch
from labelsphere.tagger.label_context import LabelContext
from labelsphere.tagger.objectives import OBJECTIVES, Logistic, Softmax
from labelsphere.tagger.objectives.posterior import Posterior
from labelsphere.tagger.objectives.sphere import Sphere
from tests.tagger.plain_training import train_on_all

CPU = torch.device("cpu")
COUNTS = np.array([5, 0, 3, 9, 1, 1, 2])
ROWS = np.array([1, 2, 3, 4, 0, 8])
Spaces = Callable[..., LabelSpace]
Rows = Callable[..., SparseRows]


def context(space: LabelSpace) -> LabelContext:
    return LabelContext(space.vocabulary, COUNTS, 9, space)


@pytest.mark.parametrize(("logistic", "softmax"), [(0.0, 0.0), (0.2, 0.0), (0.0, 0.7), (3.0, 0.5)])
def test_the_loss_is_that_of_its_parts(
    random_space: Spaces, random_rows: Rows, logistic: float, softmax: float
) -> None:
    space, batch = random_space(1, unplaced=(2,)), LabelBatch.from_rows(random_rows(1), ROWS, CPU)
    outputs = torch.randn((len(ROWS), 4 + 7), generator=torch.manual_seed(1))
    labels = context(space)
    both = Sphere(labels, space, logistic, softmax)(outputs, batch)
    expected = Posterior(labels, space)(outputs[:, :4], batch).item()
    expected += logistic * Logistic(COUNTS, 9)(outputs[:, 4:], batch).item()
    expected += softmax * Softmax(COUNTS, 9)(outputs[:, 4:], batch).item()
    assert both.dtype == torch.float32
    assert both.item() == pytest.approx(expected, rel=1e-6)


def test_each_part_starts_as_its_own(random_space: Spaces) -> None:
    space, head = random_space(0, unplaced=(1,)), torch.nn.Linear(64, 4 + 7)
    Sphere(context(space), space).initialise(head)
    pointing, classifying = torch.nn.Linear(64, 4), torch.nn.Linear(64, 7)
    Posterior(context(space), space).initialise(pointing)
    Logistic(COUNTS, 9).initialise(classifying)
    expected = torch.cat([pointing.bias, classifying.bias]).detach()
    torch.testing.assert_close(head.bias.detach(), expected)
    for part in (head.weight[:4], head.weight[4:]):
        assert part.std().item() == pytest.approx(0.01, rel=0.3)


def test_is_known_by_name_and_needs_a_space(random_space: Spaces) -> None:
    space = random_space(0)
    objective = OBJECTIVES["sphere"].build(context(space))
    assert isinstance(objective, Sphere)
    assert objective.width == 4 + 7
    with pytest.raises(UsageError, match="'sphere' needs a label space"):
        OBJECTIVES["sphere"].build(LabelContext(space.vocabulary, COUNTS, 9))


def test_a_training_learns_tags_and_is_kept(
    planted_features: Callable[..., tuple[Annotations, AnyArray]], tmp_path: object
) -> None:
    tags, features = planted_features()
    space = LabelSpace.fit(tags, method="smoothed", exponent=0.25)
    tagger = train_on_all(
        tags,
        space,
        backbone=Architecture("mlp", {"hidden": 64}, objective="sphere"),
        inputs=FeatureInputs(features),
        settings=TrainingSettings(steps=150, batch_size=64, rate=1e-2),
    )
    inputs = FeatureInputs(features)
    best = tagger.decoder().top(tagger.points(inputs), 1)[0][:, 0].numpy()
    truth = tags.matrix.toarray() != 0
    tagged = np.flatnonzero(truth.any(axis=1))
    commonest = truth[tagged].mean(axis=0).max()
    assert truth[tagged, best[tagged]].mean() > max(0.8, commonest)
    tagger.save(f"{tmp_path}/tagger")
    again = Tagger.load(f"{tmp_path}/tagger")
    np.testing.assert_array_equal(again.decoder().top(again.points(inputs), 1)[0][:, 0], best)
    with pytest.raises(UsageError, match="has an output for each label"):
        again.with_space(space)
    with pytest.raises(UsageError, match="points of a label space and logits together"):
        Tagger(
            Architecture("mlp", {"hidden": 64}, objective="sphere", decoder="cosine"),
            again.labels,
            inputs.settings(),
            inputs.sample_shape,
        )
