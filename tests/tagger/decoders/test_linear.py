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


def test_top_in_float32_is_the_head_of_a_full_sort_whatever_the_block(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The way of all decoders, which this one takes on a graphics card."""
    points = torch.from_numpy(POINTS)
    expected = np.argsort(-decoder().scores(points).numpy(), axis=1)[:, :6]
    for block in (1, 30, 97, 1 << 20):
        monkeypatch.setattr(base, "_BLOCK", block)
        labels, scores = base.Decoder.top(decoder(), points, 6)
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


@pytest.mark.parametrize("normalised", [False, True])
def test_top_ranks_as_scores_in_float64_up_to_the_tolerance(normalised: bool) -> None:
    """Labels closer to each other than float32 can tell."""
    random = np.random.default_rng(1)
    vectors = VECTORS[:1] * (1 + 1e-7 * random.integers(-9, 9, (200, 5))).astype(np.float32)
    points = POINTS.astype(np.float64)
    if normalised:
        points /= np.linalg.norm(points, axis=1, keepdims=True)
    exact = (points[:, None] * vectors.astype(np.float64)).sum(axis=2)
    near = LinearDecoder(torch.from_numpy(vectors), torch.zeros(200), normalised=normalised)
    labels, scores = near.top(torch.from_numpy(POINTS), 9)
    best = -np.sort(-exact, axis=1)[:, :9]
    most = 2.0**-21 * np.linalg.norm(points, axis=1).max() * np.linalg.norm(vectors[0])
    np.testing.assert_allclose(scores, best, rtol=0, atol=most)
    np.testing.assert_allclose(
        np.take_along_axis(exact, labels.numpy(), 1), best, rtol=0, atol=most
    )


def test_top_of_equal_scores_goes_by_label() -> None:
    equal = LinearDecoder(torch.ones((30, 5)), torch.zeros(30))
    labels, _ = equal.top(torch.from_numpy(POINTS), 4)
    np.testing.assert_array_equal(labels, np.tile([0, 1, 2, 3], (20, 1)))


def test_top_refuses_points_that_are_not_finite() -> None:
    with pytest.raises(UsageError, match="finite"):
        decoder().top(torch.full((1, 5), torch.nan), 3)
