"""Normalisation of pixels in an ONNX graph."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from labelsphere.tagger.export.graph import Graph


def add_preparation(
    graph: Graph, pixels: str, preparation: Mapping[str, Any], *, bgr: bool = False
) -> str:
    """Add the normalisation of pixels.

    Args:
        graph: The graph.
        pixels: (batch, height, width, 3), 0 to 255, of any number type.
        preparation: Settings from `ImageInputs.settings`.
        bgr: Whether the channels are in the order blue, green, red.

    Returns:
        (batch, 3, height, width) float32.
    """
    value = graph.node("Cast", pixels, to=1)
    if bgr:
        value = graph.node("Gather", value, graph.constant(np.array([2, 1, 0])), axis=3)
    deviation = np.array(preparation["std"])
    scale = graph.stored("preparation.scale", 1 / (255 * deviation))
    offset = graph.stored("preparation.offset", -np.array(preparation["mean"]) / deviation)
    value = graph.node("Add", graph.node("Mul", value, scale), offset)
    return graph.node("Transpose", value, perm=[0, 3, 1, 2])
