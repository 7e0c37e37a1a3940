"""The hinge rank loss against loops in plain Python, and a training that must succeed."""

from collections.abc import Callable

import numpy as np
import pytest
import torch

from labelsphere.annotations import Annotations
from labelsphere.arrays import AnyArray, SparseRows
from labelsphere.errors import UsageError
from labelsphere.space import LabelSpace
from labelsphere.tagger import Architecture, TrainingSettings
from labelsphere.tagger.inputs import FeatureInputs
from labelsphere.tagger.label_batch import LabelBatch
from labelsphere.tagger.label_context import LabelContext
from labelsphere.tagger.objectives import OBJECTIVES
from labelsphere.tagger.objectives.devise import Devise
from tests.tagger.plain_training import train_on_all

CPU = torch.device("cpu")
Spaces = Callable[..., LabelSpace]
Rows = Callable[..., SparseRows]


def reference(points: AnyArray, multi_hot: AnyArray, space: LabelSpace, margin: float) -> float:
    unit = space.unit_vectors.astype(np.float64)
    losses = []
    for point, row in zip(points.astype(np.float64), multi_hot, strict=True):
        tags = [label for label in np.flatnonzero(row) if space.placed[label]]
        others = [label for label in range(len(row)) if not row[label] and space.placed[label]]
        sums = [
            sum(max(0.0, margin - unit[tag] @ point + unit[other] @ point) for other in others)
            for tag in tags
        ]
        losses.append(np.mean(sums) if sums else 0.0)
    return float(np.mean(losses))


@pytest.mark.parametrize("margin", [0.1, 1.0])
@pytest.mark.parametrize("seed", range(4))
def test_equals_the_definition(
    random_space: Spaces, random_rows: Rows, seed: int, margin: float
) -> None:
    space, matrix = random_space(seed, unplaced=(2, 5)), random_rows(seed)
    rows = np.array([1, 2, 3, 2, 0, 8])  # the last two without tags
    points = np.random.default_rng(seed).normal(size=(len(rows), 4)).astype(np.float32)
    loss = Devise(space, margin)(torch.from_numpy(points), LabelBatch.from_rows(matrix, rows, CPU))
    expected = reference(points, matrix.toarray()[rows] != 0, space, margin)
    assert expected > 0.1
    assert loss.dtype == torch.float32
    assert loss.item() == pytest.approx(expected, rel=1e-5)


def test_the_gradient_is_that_of_the_definition(random_space: Spaces, random_rows: Rows) -> None:
    space, matrix = random_space(0, unplaced=(2,)), random_rows(0)
    rows = np.arange(9)
    objective = Devise(space)
    points = torch.randn((9, 4), generator=torch.manual_seed(0), requires_grad=True)
    objective(points, LabelBatch.from_rows(matrix, rows, CPU)).backward()
    assert points.grad is not None
    plain, multi_hot = points.detach().double().numpy(), matrix.toarray() != 0
    for place in [(1, 0), (2, 3), (4, 1)]:
        moved = [plain.copy(), plain.copy()]
        moved[0][place] -= 1e-5
        moved[1][place] += 1e-5
        low, high = (reference(values, multi_hot, space, 0.1) for values in moved)
        assert points.grad[place].item() == pytest.approx((high - low) / 2e-5, abs=1e-4)


def test_tags_far_enough_ahead_cost_nothing(random_space: Spaces) -> None:
    space = random_space(0, labels=4, dim=4)
    space = LabelSpace(space.vocabulary, np.eye(4, dtype=np.float32), space.counts)
    matrix = Annotations.from_lists([["tag 1"]], vocabulary=space.vocabulary).matrix
    batch = LabelBatch.from_rows(matrix, np.array([0]), CPU)
    ahead = torch.tensor([[0.0, 0.11, 0, 0]], requires_grad=True)
    loss = Devise(space)(ahead, batch)
    loss.backward()
    assert loss.item() == 0
    assert ahead.grad is not None
    assert not ahead.grad.any()
    assert Devise(space)(torch.tensor([[0.0, 0.04, 0, 0]]), batch).item() == pytest.approx(0.18)


def test_images_without_a_placed_tag_are_not_usable(
    random_space: Spaces, random_rows: Rows
) -> None:
    space, matrix = random_space(0, unplaced=(0, 1, 2, 3)), random_rows(0)
    expected = (matrix.toarray()[:, 4:] != 0).any(axis=1)
    assert Devise(space).usable(matrix).tolist() == expected.tolist()


def test_a_tagger_learns_with_it_what_is_planted(
    planted_features: Callable[..., tuple[Annotations, AnyArray]],
) -> None:
    tags, features = planted_features()
    tagger = train_on_all(
        tags,
        LabelSpace.fit(tags, "npmi"),
        backbone=Architecture("mlp", {"hidden": 32}, "devise"),
        inputs=FeatureInputs(features),
        settings=TrainingSettings(epochs=10, batch_size=50, precision="float32"),
    )
    best = tagger.tag_inputs(FeatureInputs(features), 1)
    right = [tag[0].label in tags.tags_of(row) for row, tag in enumerate(best)]
    assert np.mean(right) > 0.9


def test_it_is_chosen_by_name_and_needs_a_space() -> None:
    tags = Annotations.from_lists([["a", "b"], ["a"], ["c"]])
    objective = OBJECTIVES["devise"].build(LabelContext.of(tags, LabelSpace.fit(tags)))
    assert isinstance(objective, Devise)
    assert objective.margin == 0.1
    with pytest.raises(UsageError, match="'devise' needs a label space"):
        OBJECTIVES["devise"].build(LabelContext.of(tags))
