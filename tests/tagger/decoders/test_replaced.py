"""Decoders that score some labels in another way, against a loop over the labels."""

import pytest
import torch

from labelsphere.tagger.decoders import LinearDecoder
from labelsphere.tagger.decoders.replaced import ReplacedDecoder

RANDOM = torch.manual_seed(0)
POINTS = torch.randn((6, 5), generator=RANDOM)
USUAL, OTHER = (
    LinearDecoder(torch.randn((8, 5), generator=RANDOM), torch.randn(8, generator=RANDOM), True)
    for _ in range(2)
)
REPLACED = torch.tensor([False, True, False, False, True, True, False, False])
DECODER = ReplacedDecoder(USUAL, OTHER, REPLACED)


def naive(points: torch.Tensor) -> torch.Tensor:
    columns = []
    for label in range(8):
        source = OTHER if REPLACED[label] else USUAL
        columns.append(points @ source.vectors[label] + source.bias[label])
    return torch.stack(columns, dim=1)


@pytest.mark.parametrize(("start", "stop"), [(0, None), (1, 5), (2, 4), (4, 6), (6, None)])
def test_each_label_is_scored_by_its_decoder(start: int, stop: int | None) -> None:
    torch.testing.assert_close(DECODER.scores(POINTS, start, stop), naive(POINTS)[:, start:stop])


def test_a_bias_is_added_to_the_labels_of_both() -> None:
    bias = torch.arange(8.0)
    torch.testing.assert_close(DECODER.plus(bias).scores(POINTS), naive(POINTS) + bias)


def test_the_best_labels_are_those_of_the_scores() -> None:
    labels, scores = DECODER.top(POINTS, 3)
    expected = naive(POINTS).topk(3, dim=1)
    torch.testing.assert_close(scores, expected.values)
    assert labels.tolist() == expected.indices.tolist()


def test_size_inputs_and_device_are_those_of_the_decoders() -> None:
    assert DECODER.n_labels == 8
    assert DECODER.features
    moved = DECODER.to(torch.device("meta"))
    assert moved.replaced.device.type == "meta"
    for part in (moved.usual, moved.other):
        assert isinstance(part, LinearDecoder)
        assert part.vectors.device.type == "meta"
