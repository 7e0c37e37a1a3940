"""A network of PyTorch as a graph of ONNX."""

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
    """Input of a decoder: a network's outputs, or the features that enter its head."""

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
    """The graph of a trained network, with a free batch dimension.

    Args:
        network: Trained.
        sample_shape: Shape of one input.
        features: Whether to return the features that enter the head rather than its outputs.

    Returns:
        A graph of one input and one output, all names beginning with ``network/``.
    """
    # On the processor, in the plain order of memory; the tagger's own network is left alone.
    points = _Points(deepcopy(network).cpu(), features=features).eval()
    points.to(memory_format=torch.contiguous_format)
    with warnings.catch_warnings(), tempfile.TemporaryDirectory() as folder:
        # The newer exporter needs a further package, and gives no better graph here.
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
