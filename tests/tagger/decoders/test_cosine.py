from collections.abc import Callable

import numpy as np
import torch

from labelsphere.space import LabelSpace
from labelsphere.tagger.decoders import cosine_decoder


def test_ranks_as_the_label_space_decodes(random_space: Callable[..., LabelSpace]) -> None:
    space = random_space(0, labels=40, dim=6, unplaced=(3, 17))
    points = np.random.default_rng(1).normal(size=(25, 6)).astype(np.float32)
    expected, proximities = space.decode(points, top=10)
    labels, scores = cosine_decoder(space).top(torch.from_numpy(points), 10)
    np.testing.assert_array_equal(labels, expected)
    np.testing.assert_allclose(scores, proximities, atol=1e-6)


def test_labels_without_a_place_score_minus_infinity(
    random_space: Callable[..., LabelSpace],
) -> None:
    space = random_space(0, unplaced=(3,))
    scores = cosine_decoder(space).scores(torch.randn((5, 4), generator=torch.manual_seed(0)))
    assert torch.isneginf(scores[:, 3]).all()
    placed = scores[:, [0, 1, 2, 4, 5, 6]]
    assert placed.abs().max() <= 1 + 1e-6


def test_a_points_length_does_not_matter(random_space: Callable[..., LabelSpace]) -> None:
    decoder = cosine_decoder(random_space(2))
    points = torch.randn((5, 4), generator=torch.manual_seed(0))
    torch.testing.assert_close(decoder.scores(points), decoder.scores(1000 * points))
