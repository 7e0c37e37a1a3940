"""Conversion of a PyTorch network to an ONNX graph."""

import tempfile
import warnings
from copy import deepcopy
from pathlib import Path

import onnx
import torch
from onnx.compose import add_prefix_graph
from torch import Tensor, nn

from labelsphere.tagger.export.graph import OPSET
from labelsphere.tagger.network import features_of


class _Points(nn.Module):
    """Module whose output is a decoder's input: a network's outputs, or its head's inputs."""

    def __init__(self, network: nn.Module, *, features: bool) -> None:
        super().__init__()
        self.network = network
        self.features = features

    def forward(self, pictures: Tensor) -> Tensor:
        if self.features:
            return features_of(self.network, pictures)
        outputs: Tensor = self.network(pictures)
        return outputs


def network_graph(
    network: nn.Module, sample_shape: tuple[int, ...], *, features: bool
) -> onnx.GraphProto:
    """Convert a trained network to a graph with a free batch dimension.

    Args:
        network: A trained network.
        sample_shape: Shape of one input.
        features: Whether to output the head's inputs instead of its outputs.

    Returns:
        A graph with one input and one output, whose names begin with ``network/``.
    """
    # Convert a copy, on the CPU and in contiguous memory format.
    points = _Points(deepcopy(network).cpu(), features=features).eval()
    points.to(memory_format=torch.contiguous_format)
    with warnings.catch_warnings(), tempfile.TemporaryDirectory() as folder:
        # The newer exporter needs another package, and gives no better graph here.
        warnings.simplefilter("ignore")
        path = Path(folder) / "network.onnx"
        torch.onnx.export(
            points,
            (torch.zeros(2, *sample_shape),),
            path,
            dynamo=False,
            opset_version=OPSET,
            input_names=["input"],
            output_names=["points"],
            dynamic_axes={"input": {0: "batch"}, "points": {0: "batch"}},
        )
        model = onnx.load(path)
    graph: onnx.GraphProto = add_prefix_graph(model.graph, "network/")
    return graph
