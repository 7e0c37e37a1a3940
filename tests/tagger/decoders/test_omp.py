"""Sparse regression against scikit-learn's orthogonal matching pursuit and a naive one."""

from collections.abc import Callable

import numpy as np
import pytest
import torch
from sklearn.linear_model import orthogonal_mp

from labelsphere.annotations import Annotations, Vocabulary
from labelsphere.space import LabelSpace
from labelsphere.tagger.decoders.cosine import cosine_decoder
from labelsphere.tagger.decoders.omp import omp_decoder, pursuit_decoder
from labelsphere.tagger.label_context import LabelContext

NAMES = [f"tag {i}" for i in range(200)]
TAGS = Annotations.from_lists([[name] for name in NAMES], vocabulary=Vocabulary(NAMES))
CODES = LabelSpace.fit(TAGS, "random-projection", 64)


def naive(vectors: np.ndarray, point: np.ndarray, atoms: int) -> np.ndarray:
    """Scores by the definition, in float64."""
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit = vectors / np.where(norms, norms, 1)
    point = point / (np.linalg.norm(point) or 1)
    left, taken = point, []
    for _ in range(atoms):
        fit = unit @ left
        fit[taken] = -np.inf
        fit[~unit.any(axis=1)] = -np.inf
        taken.append(int(np.argmax(fit)))
        weights, *_ = np.linalg.lstsq(unit[taken].T, point, rcond=None)
        left = point - weights @ unit[taken]
    scores = unit @ left
    scores[taken] += weights
    return scores


@pytest.mark.parametrize("atoms", [1, 2, 5])
def test_scores_are_those_of_the_definition(
    random_space: Callable[..., LabelSpace], atoms: int
) -> None:
    space = random_space(0, labels=30, dim=12, unplaced=(4, 29))
    points = np.random.default_rng(1).normal(size=(7, 12)).astype(np.float32)
    scores = pursuit_decoder(space, atoms).scores(torch.from_numpy(points)).numpy()
    for row, point in enumerate(points):
        expected = naive(space.vectors.astype(np.float64), point.astype(np.float64), atoms)
        expected[[4, 29]] = -np.inf
        np.testing.assert_allclose(scores[row], expected, atol=1e-5)


def test_sums_of_few_labels_are_taken_apart_exactly_where_the_cosine_fails() -> None:
    rng = np.random.default_rng(0)
    truth = np.zeros((60, 200), np.float32)
    for row in truth:
        row[rng.choice(200, 6, replace=False)] = 1
    points = CODES.encode(
        Annotations.from_lists(
            [[NAMES[n] for n in np.flatnonzero(row)] for row in truth],
            vocabulary=CODES.vocabulary,
        ).matrix
    )
    left, taken, weights = pursuit_decoder(CODES, 6).pursue(torch.from_numpy(points))
    ours = np.zeros((60, 200))
    np.put_along_axis(ours, taken.numpy(), weights.numpy(), axis=1)
    theirs = orthogonal_mp(CODES.unit_vectors.T.astype(np.float64), points.T, n_nonzero_coefs=6).T
    # Theirs may take a label off a sum that it was never added to; ours does not.
    alike = (theirs >= 0).all(axis=1)
    assert alike.mean() > 0.9
    np.testing.assert_allclose(ours[alike], theirs[alike], atol=1e-5)
    found = np.mean((ours > 0.01) == (truth > 0), axis=1) == 1
    assert found.mean() > 0.8
    assert float(left[torch.from_numpy(found)].abs().max()) < 1e-5
    by_cosine = cosine_decoder(CODES).top(torch.from_numpy(points), 6)[0]
    assert np.take_along_axis(truth, by_cosine.numpy(), axis=1).mean() < found.mean()


def test_a_range_of_labels_has_the_scores_of_all_and_the_bias_is_added() -> None:
    points = torch.randn((5, 64), generator=torch.manual_seed(0))
    decoder = pursuit_decoder(CODES, 3)
    whole = decoder.scores(points)
    assert torch.equal(decoder.scores(points, 20, 31), whole[:, 20:31])
    bias = torch.linspace(-1, 1, 200)
    torch.testing.assert_close(decoder.plus(bias).scores(points), whole + bias)
    assert decoder.top(points, 4)[0].tolist() == whole.topk(4, dim=1).indices.tolist()


def test_scale_does_not_matter_and_a_zero_point_scores_nothing() -> None:
    points = torch.randn((3, 64), generator=torch.manual_seed(0))
    decoder = pursuit_decoder(CODES, 4)
    torch.testing.assert_close(decoder.scores(100 * points), decoder.scores(points))
    assert (decoder.scores(torch.zeros((1, 64))) == 0).all()


def test_labels_at_one_place_share_the_weight() -> None:
    vectors = np.array([[1, 0, 0], [1, 0, 0], [0, 1, 0]], np.float32)
    space = LabelSpace(Vocabulary("abc"), vectors, np.ones(3, np.int64))
    scores = pursuit_decoder(space, 2).scores(torch.tensor([[2.0, 0, 0]]))
    assert scores.isfinite().all()
    torch.testing.assert_close(scores[0, :2].sum(), torch.tensor(1.0))


@pytest.mark.parametrize(("tags_in_all", "atoms"), [(10, 1), (149, 1), (250, 2), (100_000, 64)])
def test_as_many_labels_are_taken_as_images_have(tags_in_all: int, atoms: int) -> None:
    counts = np.zeros(200, np.int64)
    counts[0] = tags_in_all
    assert omp_decoder(LabelContext(CODES.vocabulary, counts, 100, CODES)).atoms == atoms
