import numpy as np
import pytest
import torch

from labelsphere.errors import UsageError
from labelsphere.tagger.decoders import LinearDecoder, base

RANDOM = np.random.default_rng(0)
POINTS = RANDOM.normal(size=(20, 5)).astype(np.float32)
VECTORS = RANDOM.normal(size=(30, 5)).astype(np.float32)
BIAS = RANDOM.normal(size=30).astype(np.float32)


def decoder(*, normalised: bool = False) -> LinearDecoder:
    return LinearDecoder(torch.from_numpy(VECTORS), torch.from_numpy(BIAS), normalised=normalised)


@pytest.mark.parametrize("normalised", [False, True])
def test_scores_equal_the_product_in_float64(normalised: bool) -> None:
    points = POINTS.astype(np.float64)
    if normalised:
        points /= np.linalg.norm(points, axis=1, keepdims=True)
    expected = points @ VECTORS.astype(np.float64).T + BIAS
    found = decoder(normalised=normalised).scores(torch.from_numpy(POINTS))
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-5)


def test_a_range_of_labels_is_that_part_of_all() -> None:
    points = torch.from_numpy(POINTS)
    np.testing.assert_allclose(
        decoder().scores(points, 7, 19), decoder().scores(points)[:, 7:19], rtol=1e-6, atol=1e-6
    )


def test_top_is_the_head_of_a_full_sort_whatever_the_block(monkeypatch: pytest.MonkeyPatch) -> None:
    points = torch.from_numpy(POINTS)
    expected = np.argsort(-decoder().scores(points).numpy(), axis=1)[:, :6]
    for block in (1, 30, 97, 1 << 20):
        monkeypatch.setattr(base, "_BLOCK", block)
        labels, scores = decoder().top(points, 6)
        np.testing.assert_array_equal(labels, expected)
        found = np.take_along_axis(decoder().scores(points).numpy(), expected, axis=1)
        np.testing.assert_allclose(scores, found, rtol=1e-5, atol=1e-6)


def test_top_of_no_points_is_empty() -> None:
    labels, scores = decoder().top(torch.empty((0, 5)), 3)
    assert labels.shape == scores.shape == (0, 3)
    assert labels.dtype == torch.int64


@pytest.mark.parametrize("count", [0, -1, 31])
def test_top_out_of_range_is_refused(count: int) -> None:
    with pytest.raises(UsageError, match=f"from 1 to 30 labels, but got {count}"):
        decoder().top(torch.from_numpy(POINTS), count)


def test_labels_with_a_bias_of_minus_infinity_come_last() -> None:
    bias = BIAS.copy()
    bias[[2, 11]] = -np.inf
    shut = LinearDecoder(torch.from_numpy(VECTORS), torch.from_numpy(bias))
    labels, scores = shut.top(torch.from_numpy(POINTS), 30)
    assert {frozenset(row) for row in labels[:, 28:].tolist()} == {frozenset({2, 11})}
    assert torch.isneginf(scores[:, 28:]).all()
    assert torch.isfinite(scores[:, :28]).all()


def test_a_zero_point_gives_every_label_its_bias() -> None:
    found = decoder(normalised=True).scores(torch.zeros((1, 5)))
    np.testing.assert_array_equal(found[0], BIAS)


def test_plus_adds_to_every_label_and_leaves_the_decoder_as_it_was() -> None:
    before = decoder()
    added = torch.arange(30, dtype=torch.float64)
    points = torch.from_numpy(POINTS)
    after = before.plus(added)
    np.testing.assert_allclose(
        after.scores(points), before.scores(points) + added.float(), rtol=1e-5, atol=1e-5
    )
    np.testing.assert_array_equal(before.bias, BIAS)
    assert after.bias.dtype == torch.float32
