"""The posterior against loops in float64, its start, and a training that must succeed."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

from labelsphere.annotations import Annotations
from labelsphere.arrays import AnyArray, SparseRows
from labelsphere.errors import UsageError
from labelsphere.space import LabelSpace
from labelsphere.tagger.label_batch import LabelBatch
from labelsphere.tagger.label_context import LabelContext
from labelsphere.tagger.objectives import OBJECTIVES
from labelsphere.tagger.objectives.cosine import CosineProximity
from labelsphere.tagger.objectives.posterior import Posterior
from tests.tagger.plain_training import learns_planted_tags

CPU = torch.device("cpu")
COUNTS = np.array([5, 0, 3, 9, 1, 1, 2])
ROWS = np.array([1, 2, 3, 4, 0, 8])  # the last two without tags
Spaces = Callable[..., LabelSpace]
Rows = Callable[..., SparseRows]


def posterior(space: LabelSpace, share: float = 0.1) -> Posterior:
    return Posterior(LabelContext(space.vocabulary, COUNTS, 9, space), space, share)


def posterior_loss(
    lengths: AnyArray, directions: AnyArray, multi_hot: AnyArray, space: LabelSpace
) -> float:
    """−mean of log p over each image's placed tags, averaged over images, in float64."""
    vectors = space.vectors.astype(np.float64)
    total = 0.0
    for length, direction, row in zip(lengths, directions, multi_hot, strict=True):
        joint = {
            label: np.log((COUNTS[label] + 0.5) / 10)
            + length * (direction @ vectors[label]) / np.linalg.norm(vectors[label])
            for label in range(len(row))
            if space.placed[label]
        }
        evidence = np.log(sum(np.exp(value) for value in joint.values()))
        tags = [label for label in joint if row[label]]
        total += -float(np.mean([joint[tag] - evidence for tag in tags])) if tags else 0.0
    return total / len(lengths)


def cosine_loss(points: AnyArray, multi_hot: AnyArray, space: LabelSpace) -> float:
    total = 0.0
    for point, row in zip(points, multi_hot, strict=True):
        target = space.vectors.astype(np.float64)[row].sum(axis=0)
        if target.any():
            total -= point @ target / np.linalg.norm(point) / np.linalg.norm(target)
    return total / len(points)


def split(points: AnyArray) -> tuple[AnyArray, AnyArray]:
    lengths = np.linalg.norm(points, axis=1)
    return lengths, points / lengths[:, None]


@pytest.mark.parametrize("share", [0.0, 0.1, 2.0])
@pytest.mark.parametrize("seed", range(3))
def test_equals_the_definition(
    random_space: Spaces, random_rows: Rows, seed: int, share: float
) -> None:
    space, matrix = random_space(seed, unplaced=(2, 5)), random_rows(seed)
    points = 3 * torch.randn((len(ROWS), 4), generator=torch.manual_seed(seed))
    loss = posterior(space, share)(points, LabelBatch.from_rows(matrix, ROWS, CPU))
    plain, truth = points.double().numpy(), matrix.toarray()[ROWS] != 0
    expected = cosine_loss(plain, truth, space)
    expected += share * posterior_loss(*split(plain), truth, space)
    assert loss.dtype == torch.float32
    assert loss.item() == pytest.approx(expected, rel=1e-5, abs=1e-6)


def test_the_likelihood_moves_the_length_and_the_cosine_the_direction(
    random_space: Spaces, random_rows: Rows
) -> None:
    space, matrix = random_space(0, unplaced=(2,)), random_rows(0)
    points = torch.randn((len(ROWS), 4), generator=torch.manual_seed(0), requires_grad=True)
    posterior(space, 0.7)(points, LabelBatch.from_rows(matrix, ROWS, CPU)).backward()
    assert points.grad is not None
    gradient = points.grad.double().numpy()
    plain, truth = points.detach().double().numpy(), matrix.toarray()[ROWS] != 0
    lengths, directions = split(plain)
    along = np.einsum("ij,ij->i", gradient, directions)
    for image in range(len(ROWS)):
        # Along the point: the likelihood's slope in its length, for the cosine has none there.
        ends = [lengths.copy(), lengths.copy()]
        ends[0][image] -= 1e-5
        ends[1][image] += 1e-5
        low, high = (posterior_loss(values, directions, truth, space) for values in ends)
        assert along[image] == pytest.approx(0.7 * (high - low) / 2e-5, abs=1e-5)
        # Across it: the cosine's slope alone.
        for place in range(4):
            moved = [plain.copy(), plain.copy()]
            moved[0][image, place] -= 1e-5
            moved[1][image, place] += 1e-5
            low, high = (cosine_loss(values, truth, space) for values in moved)
            across = gradient[image, place] - along[image] * directions[image, place]
            assert across == pytest.approx((high - low) / 2e-5, abs=1e-5)


def test_without_likelihood_it_is_the_papers(random_space: Spaces, random_rows: Rows) -> None:
    space, batch = random_space(3), LabelBatch.from_rows(random_rows(3), ROWS, CPU)
    points = torch.randn((len(ROWS), 4), generator=torch.manual_seed(3))
    ours, papers = posterior(space, 0.0)(points, batch), CosineProximity(space)(points, batch)
    assert ours.item() == pytest.approx(papers.item(), rel=1e-6)


def test_images_without_a_placed_tag_give_no_gradient(random_space: Spaces) -> None:
    space = random_space(0, unplaced=(1, 4))
    tags = Annotations.from_lists([[], ["tag 1"], ["tag 1", "tag 4"]], vocabulary=space.vocabulary)
    points = torch.randn((3, 4), generator=torch.manual_seed(0), requires_grad=True)
    objective = posterior(space)
    loss = objective(points, LabelBatch.from_rows(tags.matrix, np.arange(3), CPU))
    loss.backward()
    assert loss.item() == 0
    assert points.grad is not None
    assert not points.grad.any()
    assert not objective.usable(tags.matrix).any()


@pytest.mark.parametrize("scale", [0.0, 1e-20, 1e4])
def test_extreme_points_stay_finite(random_space: Spaces, random_rows: Rows, scale: float) -> None:
    batch = LabelBatch.from_rows(random_rows(0), np.arange(9), CPU)
    points = (scale * torch.randn((9, 4), generator=torch.manual_seed(0))).requires_grad_()
    loss = posterior(random_space(0, unplaced=(2,)))(points, batch)
    loss.backward()
    assert torch.isfinite(loss)
    assert points.grad is not None
    assert torch.isfinite(points.grad).all()


def test_is_computed_in_float32_from_bfloat16(random_space: Spaces, random_rows: Rows) -> None:
    objective = posterior(random_space(0))
    batch = LabelBatch.from_rows(random_rows(0), np.arange(9), CPU)
    points = torch.randn((9, 4), generator=torch.manual_seed(0)).bfloat16()
    loss = objective(points, batch)
    assert loss.dtype == torch.float32
    assert loss.item() == objective(points.float(), batch).item()


def test_first_points_are_the_mean_direction_with_the_length_asked_for(
    random_space: Spaces,
) -> None:
    space, head = random_space(0, unplaced=(1,)), torch.nn.Linear(64, 4)
    posterior(space).initialise(head)
    mean = np.zeros(4)
    for label in np.flatnonzero(space.placed):
        vector = space.vectors[label].astype(np.float64)
        mean += (COUNTS[label] + 0.5) / 10 * vector / np.linalg.norm(vector)
    expected = 5 * mean / np.linalg.norm(mean)
    np.testing.assert_allclose(head.bias.detach(), expected, rtol=1e-5)
    assert head.weight.std().item() == pytest.approx(0.01, rel=0.3)


def test_is_known_by_name_and_needs_a_space(random_space: Spaces) -> None:
    space = random_space(0)
    objective = OBJECTIVES["posterior"].build(LabelContext(space.vocabulary, COUNTS, 9, space))
    assert isinstance(objective, Posterior)
    assert objective.width == 4
    with pytest.raises(UsageError, match="'posterior' needs a label space"):
        OBJECTIVES["posterior"].build(LabelContext(space.vocabulary, COUNTS, 9))


def test_a_training_learns_tags_and_is_kept(
    planted_features: Callable[..., tuple[Annotations, AnyArray]], tmp_path: Path
) -> None:
    learns_planted_tags("posterior", *planted_features(), tmp_path)
