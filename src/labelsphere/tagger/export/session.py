"""ONNX Runtime session of a tagger's network, without a file."""

from typing import TYPE_CHECKING

import numpy as np

from labelsphere.tagger.export.graph import Graph
from labelsphere.tagger.export.network import network_graph
from labelsphere.tagger.export.preparation import add_preparation
from labelsphere.tagger.onnx_session import open_session
from labelsphere.tagger.tagger import Tagger

if TYPE_CHECKING:
    import onnxruntime


def features_session(tagger: Tagger) -> "onnxruntime.InferenceSession":
    """Convert preparation and network up to the head, for the CPU.

    Args:
        tagger: A tagger of pictures.

    Returns:
        A session with the input ``pictures``, uint8 (batch, side, side, 3) RGB, and the output
        ``features``, float32 (batch, width): the head's inputs.
    """
    graph = Graph()
    side = tagger.sample_shape[1]
    pixels = graph.input("pictures", np.uint8, ["batch", side, side, 3])
    prepared = add_preparation(graph, pixels, tagger.preparation)
    network = network_graph(tagger.network, tagger.sample_shape, features=True)
    points = graph.insert(network, prepared)
    graph.output(points, "features", np.float32, ["batch", "width"])
    return open_session(graph.model("features", {}).SerializeToString())
