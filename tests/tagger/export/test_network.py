"""A network of PyTorch as a graph, run by ONNX Runtime beside it."""

import numpy as np
import onnxruntime
import pytest
import torch

from labelsphere.tagger.export.graph import Graph
from labelsphere.tagger.export.network import network_graph
from labelsphere.tagger.feature_network import FeatureNetwork


@pytest.mark.parametrize("features", [False, True])
def test_outputs_or_what_enters_the_head(features: bool) -> None:
    torch.manual_seed(0)
    network = FeatureNetwork(6, 4, hidden=8).train()
    made = network_graph(network, (6,), features=features)
    assert network.training
    graph = Graph()
    given = graph.input("x", np.float32, ["batch", 6])
    graph.output(graph.insert(made, given), "y", np.float32, ["batch", 8 if features else 4])
    session = onnxruntime.InferenceSession(graph.model("t", {}).SerializeToString())
    network.eval()
    for batch in (1, 5):
        x = torch.randn(batch, 6)
        hidden = network.forward_features(x)
        wanted = hidden if features else network.head(hidden)
        (found,) = session.run(None, {"x": x.numpy()})
        np.testing.assert_allclose(found, wanted.detach().numpy(), atol=1e-5)
