"""Tags read off tag sets near a point, against the sum written out in float64."""

from collections.abc import Callable

import numpy as np
import pytest
import torch
from scipy.sparse import csr_array

from labelsphere.arrays import SparseRows
from labelsphere.errors import UsageError
from labelsphere.space import LabelSpace
from labelsphere.tagger.decoders import tag_sets
from labelsphere.tagger.decoders.tag_sets import tag_set_decoder
from labelsphere.tagger.label_context import LabelContext
from labelsphere.tagger.tag_sets import TagSets

COUNTS = np.array([5, 0, 3, 9, 1, 1, 2])
# The last but one has no place: its own set says nothing, and in another it is still read off.
SETS = [[0, 2], [0, 2], [3], [5], [2, 3, 6], [4, 5]]
Spaces = Callable[..., LabelSpace]


def rows(sets: list[list[int]]) -> SparseRows:
    ends = np.cumsum([0, *map(len, sets)])
    labels = [label for each in sets for label in each]
    return csr_array((np.ones(len(labels), np.float32), labels, ends), shape=(len(sets), 7))


def context(space: LabelSpace, sets: list[list[int]] = SETS) -> LabelContext:
    return LabelContext(space.vocabulary, COUNTS, 9, space, TagSets.from_rows(rows(sets)))


def expected(space: LabelSpace, points: np.ndarray, concentration: float) -> np.ndarray:
    """Scores image by image and label by label."""
    scores = np.zeros((len(points), 7))
    vectors = space.vectors.astype(np.float64)
    for image, point in enumerate(points):
        shares, total = np.zeros(7), 0.0
        for labels in SETS:
            place = vectors[labels].sum(axis=0)
            if not place.any():
                continue
            cosine = point @ place / np.linalg.norm(point) / np.linalg.norm(place)
            shares[labels] += np.exp(concentration * cosine)
            total += np.exp(concentration * cosine)
        mixed = 0.999 * shares / total + 0.001 * (COUNTS + 0.5) / 10
        scores[image] = np.log(mixed / (1 - mixed))
    return scores


@pytest.mark.parametrize("outputs", [4, 4 + 7])
@pytest.mark.parametrize("width", [3, 6])
@pytest.mark.parametrize("block", [7, 1 << 25])
def test_agrees_with_the_sum_over_sets(
    random_space: Spaces, outputs: int, width: int, block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tag_sets, "_BLOCK", block)
    space = random_space(2, unplaced=(5,))
    torch.manual_seed(2)
    head, features = torch.nn.Linear(width, outputs), torch.randn((5, width))
    decoder = tag_set_decoder(context(space), head, 8)
    assert decoder.features
    points = head(features).detach().double().numpy()[:, :4]
    wanted = expected(space, points, 8)
    np.testing.assert_allclose(decoder.scores(features), wanted, atol=1e-4)
    np.testing.assert_allclose(decoder.scores(features, 2, 5), wanted[:, 2:5], atol=1e-4)
    weights = decoder.weights(features)
    assert weights.shape == (4, 5)  # two images have one set, and one has no embedding
    np.testing.assert_allclose(weights.sum(dim=0), 1, atol=1e-6)
    assert decoder.scores(features[:0]).shape == (0, 7)
    wanted = expected(space, points, 3)
    np.testing.assert_allclose(decoder.with_concentration(3).scores(features), wanted, atol=1e-4)


def test_a_large_concentration_selects_the_nearest_set(random_space: Spaces) -> None:
    space = random_space(4)
    labels = context(space)
    # The head says where set number 4 is, whatever it is given.
    head = torch.nn.Linear(3, 4)
    with torch.no_grad():
        head.weight.zero_()
        head.bias.copy_(torch.from_numpy(space.vectors[[2, 3, 6]].sum(axis=0)))
    best, _ = tag_set_decoder(labels, head, 1_000).top(torch.zeros((1, 3)), 3)
    assert sorted(best[0].tolist()) == [2, 3, 6]
    scores = tag_set_decoder(labels, head, 0).scores(torch.zeros((1, 3)))[0]
    assert scores.argmax() == 2  # with no say of the point, the commonest in the sets


def test_needs_sets_and_a_space(random_space: Spaces) -> None:
    space, head = random_space(0), torch.nn.Linear(6, 4)
    without = LabelContext(space.vocabulary, COUNTS, 9, space)
    with pytest.raises(UsageError, match=r"needs the tag sets .* train it again"):
        tag_set_decoder(without, head, 5)
    with pytest.raises(UsageError, match=r"needs the tag sets"):
        tag_set_decoder(context(space, [[], []]), head, 5)
    with pytest.raises(UsageError, match="'sphere' needs a label space"):
        tag_set_decoder(LabelContext(space.vocabulary, COUNTS, 9), head, 5)
