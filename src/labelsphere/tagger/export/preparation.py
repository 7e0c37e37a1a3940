"""Normalisation of pixels as nodes of the graph."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from labelsphere.tagger.export.graph import Graph


def add_preparation(
    graph: Graph, pixels: str, preparation: Mapping[str, Any], *, bgr: bool = False
) -> str:
    """Normalise squares of pixels.

    Args:
        graph: Where to add the nodes.
        pixels: (batch, height, width, 3), 0 to 255, of any number type.
        preparation: What `ImageInputs.settings` returned.
        bgr: Whether the channels come as blue, green, red.

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
