from collections.abc import Callable

import numpy as np
import torch

from labelsphere.space import LabelSpace
from labelsphere.tagger.decoders import cosine_decoder, log_prior
from labelsphere.tagger.decoders.posterior import posterior_decoder
from labelsphere.tagger.label_context import LabelContext

COUNTS = np.array([5, 0, 3, 9, 1, 1, 2])
Spaces = Callable[..., LabelSpace]


def labels_of(space: LabelSpace) -> LabelContext:
    return LabelContext(space.vocabulary, COUNTS, 9, space)


def test_scores_are_product_plus_log_prior(random_space: Spaces) -> None:
    space = random_space(0, unplaced=(1,))
    points = torch.randn((5, 4), generator=torch.manual_seed(0))
    scores = posterior_decoder(labels_of(space), space).scores(points)
    for image, label in np.ndindex(5, 7):
        vector = space.vectors[label].astype(np.float64)
        if label == 1:
            assert scores[image, label] == -torch.inf
            continue
        product = points[image].numpy().astype(np.float64) @ vector / np.linalg.norm(vector)
        expected = product + np.log((COUNTS[label] + 0.5) / 10)
        np.testing.assert_allclose(scores[image, label], expected, rtol=1e-5)


def test_without_the_prior_the_order_is_the_papers(random_space: Spaces) -> None:
    space = random_space(1, unplaced=(2,))
    points = 3 * torch.randn((20, 4), generator=torch.manual_seed(1))
    bare = posterior_decoder(labels_of(space), space).plus(-log_prior(COUNTS, 9))
    ours, _ = bare.top(points, 6)
    papers, _ = cosine_decoder(space).top(points, 6)
    torch.testing.assert_close(ours, papers)


def test_a_zero_point_falls_back_on_the_prior(random_space: Spaces) -> None:
    space = random_space(2)
    best, _ = posterior_decoder(labels_of(space), space).top(torch.zeros((1, 4)), 3)
    assert best[0].tolist() == [3, 0, 2]
