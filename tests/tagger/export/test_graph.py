"""Graphs that are built node by node, run by ONNX Runtime."""

import numpy as np
import onnx
import onnxruntime
import pytest

from labelsphere.tagger.export.graph import Graph


def run(model: onnx.ModelProto, **inputs: np.ndarray) -> list[np.ndarray]:
    session = onnxruntime.InferenceSession(model.SerializeToString())
    return session.run(None, inputs)


def test_a_graph_computes_what_it_says_for_any_batch() -> None:
    graph = Graph()
    value = graph.input("x", np.float32, ["batch", 3])
    scaled = graph.node("Mul", value, graph.stored("scale", np.array([1.0, 2.0, 3.0])))
    values, places = graph.nodes("TopK", scaled, graph.constant(np.array([2])), outputs=2, axis=1)
    graph.output(values, "best", np.float32, ["batch", 2])
    graph.output(places, "places", np.int64, ["batch", 2])
    model = graph.model("test", {"labels": '["é"]'})
    assert {one.key: one.value for one in model.metadata_props} == {"labels": '["é"]'}
    for batch in (1, 4):
        x = np.random.default_rng(batch).normal(size=(batch, 3)).astype(np.float32)
        best, found = run(model, x=x)
        expected = x * [1, 2, 3]
        order = np.argsort(-expected, axis=1)[:, :2]
        np.testing.assert_array_equal(found, order)
        np.testing.assert_allclose(best, np.take_along_axis(expected, order, 1), rtol=1e-6)


def test_a_graph_takes_in_another() -> None:
    inner = Graph()
    x = inner.input("in", np.float32, ["batch", 2])
    inner.output(inner.node("Neg", x), "out", np.float32, ["batch", 2])
    network = onnx.compose.add_prefix_graph(inner.model("inner", {}).graph, "network/")
    graph = Graph()
    value = graph.node("Abs", graph.input("x", np.float32, ["batch", 2]))
    graph.output(graph.insert(network, value), "y", np.float32, ["batch", 2])
    (found,) = run(graph.model("outer", {}), x=np.float32([[1, -2]]))
    assert found.tolist() == [[-1, -2]]


def test_a_wrong_graph_is_not_finished() -> None:
    graph = Graph()
    graph.output("nowhere", "y", np.float32, ["batch"])
    with pytest.raises(onnx.checker.ValidationError):
        graph.model("test", {})
