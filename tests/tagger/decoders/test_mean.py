"""The mean of two decoders, and the readings of the sphere that are one."""

from collections.abc import Callable

import numpy as np
import pytest
import torch
from scipy.sparse import csr_array

from labelsphere.space import LabelSpace
from labelsphere.tagger.decoders import CONCENTRATIONS, LinearDecoder, MeanDecoder, build_decoder
from labelsphere.tagger.label_context import LabelContext

Spaces = Callable[..., LabelSpace]


def test_scores_are_means_whatever_is_added_and_cut() -> None:
    generator = torch.manual_seed(0)
    one, other, bias, points = (
        torch.randn(shape, generator=generator) for shape in ((5, 3), (5, 3), (5,), (4, 3))
    )
    decoder = MeanDecoder(
        LinearDecoder(one, torch.zeros(5)),
        LinearDecoder(other, torch.tensor([0, 0, 0, 0, -torch.inf])),
    ).plus(bias)
    wanted = (points.double() @ (one + other).double().T) / 2 + bias
    wanted[:, 4] = -torch.inf
    moved = decoder.to(torch.device("cpu"))
    assert not moved.features
    assert moved.n_labels == 5
    np.testing.assert_allclose(moved.scores(points), wanted, atol=1e-6)
    np.testing.assert_allclose(moved.scores(points, 1, 3), wanted[:, 1:3], atol=1e-6)
    assert moved.top(points, 5)[0].tolist() == wanted.argsort(dim=1, descending=True).tolist()


@pytest.mark.parametrize("concentration", CONCENTRATIONS)
def test_both_and_tag_sets_by_name(random_space: Spaces, concentration: int) -> None:
    space = random_space(0)
    sets = csr_array(np.eye(7, dtype=np.float32)[[0, 2, 3]])
    labels = LabelContext(space.vocabulary, np.array([5, 0, 3, 9, 1, 1, 2]), 9, space, sets)
    head = torch.nn.Linear(6, space.dim + 7)
    points = torch.randn((5, 6), generator=torch.manual_seed(0))
    built, both, near = (
        build_decoder(name, labels, head, outputs="both").scores(points).double()
        for name in (
            f"both_and_tag_sets_{concentration}",
            "both",
            f"tag_sets_{concentration}",
        )
    )
    np.testing.assert_allclose(built, (both + near) / 2, atol=1e-5)
