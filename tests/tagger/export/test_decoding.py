"""Decoders as graphs, against the decoders themselves."""

import numpy as np
import onnxruntime
import pytest
import torch

from labelsphere.errors import UsageError
from labelsphere.tagger.decoders import Decoder, LinearDecoder
from labelsphere.tagger.decoders.replaced import ReplacedDecoder
from labelsphere.tagger.decoders.weighted import WeightedDecoder
from labelsphere.tagger.export.decoding import add_scores
from labelsphere.tagger.export.graph import Graph

WIDTH, LABELS = 5, 7


def linear(seed: int, **options: bool) -> LinearDecoder:
    made = torch.Generator().manual_seed(seed)
    return LinearDecoder(
        torch.randn(LABELS, WIDTH, generator=made), torch.randn(LABELS, generator=made), **options
    )


REPLACED = torch.tensor([True, False, False, True, False, False, False])
DECODERS = {
    "linear": linear(0),
    "normalised": linear(1, normalised=True),
    "signs": linear(2, signs=True),
    "weighted": WeightedDecoder(
        (linear(3), linear(4, normalised=True)), (0.3, 2.0), linear(5).bias
    ),
    "replaced": ReplacedDecoder(linear(6), linear(7, normalised=True), REPLACED),
    "nested": WeightedDecoder(
        (ReplacedDecoder(linear(8), linear(9), REPLACED), linear(10)), (1.0, 0.5), linear(11).bias
    ),
}


def in_runtime(decoder: Decoder, points: np.ndarray) -> np.ndarray:
    graph = Graph()
    given = graph.input("points", np.float32, ["batch", WIDTH])
    graph.output(add_scores(graph, decoder, given), "scores", np.float32, ["batch", LABELS])
    model = graph.model("decoder", {}).SerializeToString()
    found: np.ndarray = onnxruntime.InferenceSession(model).run(["scores"], {"points": points})[0]
    return found


@pytest.mark.parametrize("name", DECODERS)
def test_scores_are_those_of_the_decoder(name: str) -> None:
    points = np.random.default_rng(0).standard_normal((9, WIDTH)).astype(np.float32)
    points[4] = 0
    expected = DECODERS[name].scores(torch.from_numpy(points)).numpy()
    np.testing.assert_allclose(in_runtime(DECODERS[name], points), expected, rtol=1e-5, atol=1e-5)


def test_a_label_that_is_never_predicted_stays_so() -> None:
    decoder = linear(0)
    decoder.bias[2] = -torch.inf
    found = in_runtime(decoder, np.ones((1, WIDTH), np.float32))
    assert np.flatnonzero(np.isneginf(found[0])).tolist() == [2]


def test_a_decoder_without_a_form_names_those_that_have_one() -> None:
    class Other(LinearDecoder):
        """A decoder of one's own."""

    other = Other(linear(0).vectors, linear(0).bias)
    with pytest.raises(UsageError, match="a Other cannot be exported; expected one of Linear"):
        in_runtime(other, np.ones((1, WIDTH), np.float32))
