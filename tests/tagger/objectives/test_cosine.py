from collections.abc import Callable

import numpy as np
import pytest
import torch

from labelsphere.annotations import Annotations
from labelsphere.arrays import AnyArray, SparseRows
from labelsphere.errors import UsageError
from labelsphere.space import LabelSpace
from labelsphere.tagger.label_batch import LabelBatch
from labelsphere.tagger.label_context import LabelContext
from labelsphere.tagger.objectives import CosineProximity

CPU = torch.device("cpu")
Spaces = Callable[..., LabelSpace]
Rows = Callable[..., SparseRows]


def reference(points: AnyArray, multi_hot: AnyArray, vectors: AnyArray) -> float:
    """−cos(e, ẽ) image by image, from dense multi-hot rows, in float64; 0 where e is zero."""
    losses = []
    for point, row in zip(points.astype(np.float64), multi_hot, strict=True):
        target = row.astype(np.float64) @ vectors.astype(np.float64)
        norms = np.linalg.norm(point) * np.linalg.norm(target)
        losses.append(-(point @ target) / norms if norms else 0.0)
    return float(np.mean(losses))


@pytest.mark.parametrize("seed", range(5))
def test_equals_the_dense_definition(random_space: Spaces, random_rows: Rows, seed: int) -> None:
    space, matrix = random_space(seed), random_rows(seed)
    rows = np.array([1, 2, 3, 2, 0, 8])  # the last two without tags
    points = np.random.default_rng(seed).normal(size=(len(rows), 4)).astype(np.float32)
    batch = LabelBatch.from_rows(matrix, rows, CPU)
    loss = CosineProximity(space)(torch.from_numpy(points), batch)
    expected = reference(points, matrix.toarray()[rows] != 0, space.vectors)
    assert loss.dtype == torch.float32
    assert loss.item() == pytest.approx(expected, abs=1e-6)


def test_is_computed_in_float32_from_bfloat16(random_space: Spaces, random_rows: Rows) -> None:
    space, matrix = random_space(0), random_rows(0)
    points = torch.randn((9, 4), generator=torch.manual_seed(0)).bfloat16()
    loss = CosineProximity(space)(points, LabelBatch.from_rows(matrix, np.arange(9), CPU))
    expected = reference(points.double().numpy(), matrix.toarray() != 0, space.vectors)
    assert loss.item() == pytest.approx(expected, abs=1e-6)


def test_is_minus_one_at_the_target_and_one_opposite(
    random_space: Spaces, random_rows: Rows
) -> None:
    space, matrix = random_space(1), random_rows(1)
    rows = np.flatnonzero(np.diff(matrix.indptr))
    batch = LabelBatch.from_rows(matrix, rows, CPU)
    target = torch.from_numpy(space.encode(matrix[rows]))
    objective = CosineProximity(space)
    assert objective(3 * target, batch).item() == pytest.approx(-1, abs=1e-6)
    assert objective(-target, batch).item() == pytest.approx(1, abs=1e-6)


def test_a_zero_output_has_loss_zero_and_a_finite_gradient(
    random_space: Spaces, random_rows: Rows
) -> None:
    points = torch.zeros((9, 4), requires_grad=True)
    batch = LabelBatch.from_rows(random_rows(0), np.arange(9), CPU)
    loss = CosineProximity(random_space(0))(points, batch)
    loss.backward()
    assert loss.item() == 0
    assert points.grad is not None
    assert torch.isfinite(points.grad).all()


def test_an_image_without_a_placed_tag_adds_nothing(
    random_space: Spaces, random_rows: Rows
) -> None:
    space, matrix = random_space(0, unplaced=(0, 1, 2, 3)), random_rows(0)
    objective = CosineProximity(space)
    usable = objective.usable(matrix)
    points = torch.randn((9, 4), generator=torch.manual_seed(0), requires_grad=True)
    loss = objective(points, LabelBatch.from_rows(matrix, np.arange(9), CPU))
    loss.backward()
    assert points.grad is not None
    assert (points.grad[torch.from_numpy(~usable)] == 0).all()
    assert (points.grad[torch.from_numpy(usable)] != 0).any(dim=1).all()
    rows = np.flatnonzero(usable)
    alone = objective(points[rows], LabelBatch.from_rows(matrix, rows, CPU))
    assert loss.item() == pytest.approx(alone.item() * len(rows) / 9, abs=1e-6)


def test_gradient_equals_finite_differences(random_space: Spaces, random_rows: Rows) -> None:
    space, matrix = random_space(2), random_rows(2)
    random = np.random.default_rng(2)
    points = random.normal(size=(9, 4))
    leaf = torch.tensor(points, dtype=torch.float32, requires_grad=True)
    CosineProximity(space)(leaf, LabelBatch.from_rows(matrix, np.arange(9), CPU)).backward()
    multi_hot = matrix.toarray() != 0
    for row, column in [(1, 0), (3, 2), (6, 3), (0, 1)]:
        step = np.zeros_like(points)
        step[row, column] = 1e-5
        higher = reference(points + step, multi_hot, space.vectors)
        lower = reference(points - step, multi_hot, space.vectors)
        assert leaf.grad is not None
        assert leaf.grad[row, column].item() == pytest.approx((higher - lower) / 2e-5, abs=1e-5)


def test_usable_images_have_a_placed_tag(random_space: Spaces, random_rows: Rows) -> None:
    space, matrix = random_space(0, unplaced=(0, 1, 2, 3)), random_rows(0)
    expected = [bool(row[4:].any()) for row in matrix.toarray()]
    assert CosineProximity(space).usable(matrix).tolist() == expected
    assert any(expected)
    assert not all(expected[1:7])


def test_the_places_are_no_weights_to_train_or_save(random_space: Spaces) -> None:
    objective = CosineProximity(random_space(0))
    assert list(objective.parameters()) == []
    assert objective.state_dict() == {}
    assert objective.width == 4


def test_needs_a_space() -> None:
    tags = Annotations.from_lists([["sea", "sky"], ["sea", "sky"], ["cat"]])
    with pytest.raises(UsageError, match="needs a label space"):
        CosineProximity.build(LabelContext.of(tags))
    built = CosineProximity.build(LabelContext.of(tags, LabelSpace.fit(tags, dim=2)))
    assert built.width == 2
