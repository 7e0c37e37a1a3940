"""Ranking on a device against ranking on the processor, which has its own references."""

import numpy as np
import pytest
import torch
from scipy.sparse import csr_array

from labelsphere.errors import DataError
from labelsphere.metrics import DenseScores, Ranking, evaluate
from labelsphere.metrics.scores import SelfRanking
from labelsphere.tagger import device_scores
from labelsphere.tagger.decoders import LinearDecoder
from labelsphere.tagger.device_scores import DeviceScores, rank_on_device
from labelsphere.tagger.scores import DecodedScores

DEVICE = "cuda" if torch.cuda.is_available() else "cpu"


@pytest.mark.parametrize("labels", [7, 300])
@pytest.mark.parametrize("block", [1, 1 << 26])
def test_agrees_with_the_processor(
    labels: int, block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(device_scores, "_BLOCK", block)
    generator = np.random.default_rng(labels)
    values = np.round(generator.standard_normal((40, labels)), 1).astype(np.float32)
    values[generator.random(values.shape) < 0.2] = -np.inf
    values[0, :3] = 0.0, -0.0, np.inf
    truth = csr_array((generator.random(values.shape) < 0.1).astype(np.float32))
    held = DeviceScores(torch.from_numpy(values).to(DEVICE))
    assert isinstance(held, SelfRanking)
    found, wanted = (Ranking.from_scores(s, truth) for s in (held, DenseScores(values)))
    assert found.top.tolist() == wanted.top.tolist()
    assert found.true_ranks.ranks.tolist() == wanted.true_ranks.ranks.tolist()
    assert found.true_ranks.labels.tolist() == wanted.true_ranks.labels.tolist()
    counts = np.arange(1, labels + 1)
    figures = [evaluate(s, truth, label_counts=counts).values for s in (held, DenseScores(values))]
    assert figures[0] == figures[1]


def test_images_without_tags_are_ranked_too() -> None:
    truth = csr_array(np.array([[0.0, 0.0], [0.0, 1.0]]))
    held = DeviceScores(torch.tensor([[1.0, 2.0], [2.0, 1.0]], device=DEVICE))
    best, ranks = held.ranked(0, 1, 1, np.array([], np.int64), np.array([], np.int32))
    assert best.tolist() == [[1]]
    assert ranks.tolist() == []
    assert Ranking.from_scores(held, truth).true_ranks.ranks.tolist() == [2]


def test_nan_names_the_image() -> None:
    values = torch.zeros((5, 3), device=DEVICE)
    values[3, 1] = torch.nan
    with pytest.raises(DataError, match="image row 3 contain NaN"):
        DeviceScores(values).ranked(2, 5, 2, np.array([0]), np.array([0]))


def test_on_a_processor_scores_are_computed_block_by_block() -> None:
    points = torch.randn(5, 3, generator=torch.Generator().manual_seed(0))
    decoder = LinearDecoder(torch.eye(3), torch.zeros(3))
    scores = rank_on_device(points, decoder)
    assert isinstance(scores, DecodedScores)
    np.testing.assert_allclose(scores.rows(0, 5), points.numpy())
