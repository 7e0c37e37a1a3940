"""Decoders in an ONNX graph, one function for each.

Their arrays are initializers named after the decoder's attributes, so that other programs can add
labels to the file or remove them.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from torch import Tensor

from labelsphere.arrays import AnyArray
from labelsphere.errors import UsageError
from labelsphere.tagger.decoders import Decoder, LinearDecoder
from labelsphere.tagger.decoders.conse import MixtureDecoder
from labelsphere.tagger.decoders.replaced import ReplacedDecoder
from labelsphere.tagger.decoders.tag_sets import PRIOR_SHARE, TagSetDecoder
from labelsphere.tagger.decoders.weighted import WeightedDecoder
from labelsphere.tagger.export.graph import Graph

_LAST = np.array([-1])


def add_scores(graph: Graph, decoder: Decoder, points: str, name: str = "decoder") -> str:
    """Add a decoder to a graph.

    Args:
        graph: The graph.
        decoder: The decoder.
        points: Its inputs, (batch, width) float32.
        name: Prefix of its initializers' names.

    Returns:
        Scores, (batch, labels) float32.

    Raises:
        UsageError: If the decoder cannot be expressed in ONNX.
    """
    add = _DECODERS.get(type(decoder))
    if add is None:
        known = ", ".join(kind.__name__ for kind in _DECODERS)
        raise UsageError(
            f"a {type(decoder).__name__} cannot be exported; expected one of {known}: choose "
            "another decoder for the tagger"
        )
    return add(graph, decoder, points, name)


def _linear(graph: Graph, decoder: LinearDecoder, points: str, name: str) -> str:
    if decoder.signs:
        points = graph.node("Sign", points)
    if decoder.normalised:
        points = _normalised(graph, points)
    vectors = graph.stored(f"{name}.vectors", _array(decoder.vectors))
    bias = graph.stored(f"{name}.bias", _array(decoder.bias))
    return graph.node("Gemm", points, vectors, bias, transB=1)


def _replaced(graph: Graph, decoder: ReplacedDecoder, points: str, name: str) -> str:
    scores = add_scores(graph, decoder.usual, points, name)
    others = add_scores(graph, decoder.other, points, f"{name}.added")
    chosen = graph.stored(f"{name}.is_added", _array(decoder.replaced))
    return graph.node("Where", chosen, others, scores)


def _weighted(graph: Graph, decoder: WeightedDecoder, points: str, name: str) -> str:
    total = graph.stored(f"{name}.bias", _array(decoder.bias))
    for number, (term, weight) in enumerate(zip(decoder.terms, decoder.weights, strict=True)):
        scores = add_scores(graph, term, points, f"{name}.{number}")
        weighed = graph.node("Mul", scores, graph.stored(f"{name}.{number}.factor", weight))
        total = graph.node("Add", total, weighed)
    return total


def _tag_sets(graph: Graph, decoder: TagSetDecoder, points: str, name: str) -> str:
    weight = graph.stored(f"{name}.weight", _array(decoder.weight))
    offset = graph.stored(f"{name}.offset", _array(decoder.offset))
    predicted = _normalised(graph, graph.node("Gemm", points, weight, offset, transB=1))
    embeddings = graph.stored(f"{name}.embeddings", _array(decoder.embeddings))
    counts = graph.stored(f"{name}.log_counts", _array(decoder.log_counts))
    likeness = graph.node(
        "Gemm", predicted, embeddings, counts, alpha=float(decoder.concentration), transB=1
    )
    shares = graph.node("Softmax", likeness, axis=1)
    # Sum the shares of the sets that contain a label, without a matrix of labels × sets.
    holders = decoder.holders.cpu()
    starts, members = holders.crow_indices().numpy(), holders.col_indices().numpy()
    label_of_pair = np.repeat(np.arange(decoder.n_labels), np.diff(starts))[None]
    sets = graph.stored(f"{name}.set_of_pair", members.astype(np.int64))
    labels = graph.stored(f"{name}.label_of_pair", label_of_pair.astype(np.int64))
    pairs = graph.node("Gather", shares, sets, axis=1)
    rows = graph.node("Shape", pairs)
    prior = graph.stored(f"{name}.prior", _array(decoder.prior))
    batch = graph.node("Shape", points, start=0, end=1)
    count = graph.constant(np.array([decoder.n_labels]))
    size = graph.node("Concat", batch, count, axis=0)
    empty = graph.node("Expand", _float(graph, 0.0), size)
    places_of_pairs = graph.node("Expand", labels, rows)
    held = graph.node("ScatterElements", empty, places_of_pairs, pairs, axis=1, reduction="add")
    return graph.node(
        "Add",
        _log_odds(graph, held, graph.node("Exp", prior)),
        graph.stored(f"{name}.bias", _array(decoder.bias)),
    )


def _log_odds(graph: Graph, held: str, prior: str) -> str:
    """Add log-odds of shares mixed with some of the prior; see `TagSetDecoder`."""
    kept, added, one = (_float(graph, v) for v in (1 - PRIOR_SHARE, PRIOR_SHARE, 1.0))
    mixed = graph.node("Add", graph.node("Mul", kept, held), graph.node("Mul", added, prior))
    left = graph.node("Max", graph.node("Sub", one, held), _float(graph, 0.0))
    rest = graph.node("Mul", added, graph.node("Sub", one, prior))
    others = graph.node("Add", graph.node("Mul", kept, left), rest)
    return graph.node("Sub", graph.node("Log", mixed), graph.node("Log", others))


def _mixture(graph: Graph, decoder: MixtureDecoder, points: str, name: str) -> str:
    odds = add_scores(graph, decoder.classifier, points, f"{name}.classifier")
    guesses = graph.constant(np.array([decoder.guesses]))
    values, labels = graph.nodes("TopK", odds, guesses, outputs=2, axis=1)
    weights = graph.node("Sigmoid", values)
    total = graph.node("ReduceSum", weights, graph.constant(_LAST), keepdims=1)
    tiny = _float(graph, float(np.finfo(np.float32).tiny))
    shares = graph.node("Div", weights, graph.node("Max", total, tiny))
    middle = graph.constant(np.array([1]))
    row = graph.node("Unsqueeze", shares, middle)
    vectors = graph.stored(f"{name}.places.vectors", _array(decoder.places.vectors))
    mixed = graph.node("MatMul", row, graph.node("Gather", vectors, labels, axis=0))
    point = graph.node("Squeeze", mixed, middle)
    if decoder.places.normalised:
        point = _normalised(graph, point)
    bias = graph.stored(f"{name}.places.bias", _array(decoder.places.bias))
    return graph.node("Gemm", point, vectors, bias, transB=1)


_DECODERS: dict[type[Decoder], Callable[[Graph, Any, str, str], str]] = {
    LinearDecoder: _linear,
    ReplacedDecoder: _replaced,
    WeightedDecoder: _weighted,
    TagSetDecoder: _tag_sets,
    MixtureDecoder: _mixture,
}


def _normalised(graph: Graph, points: str) -> str:
    """Normalise points to unit norm, as `torch.nn.functional.normalize` does."""
    length = graph.node("ReduceL2", points, graph.constant(_LAST), keepdims=1)
    return graph.node("Div", points, graph.node("Max", length, _float(graph, 1e-12)))


def _float(graph: Graph, value: float) -> str:
    return graph.constant(np.float32(value))


def _array(tensor: Tensor) -> AnyArray:
    array: AnyArray = tensor.detach().cpu().numpy()
    return array
