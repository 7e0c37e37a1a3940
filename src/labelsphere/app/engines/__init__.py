"""Engines that run the network of a served tagger."""

from collections.abc import Callable
from dataclasses import dataclass

from labelsphere.app.engines.engine import Engine
from labelsphere.app.engines.onnx_engine import OnnxEngine
from labelsphere.app.engines.torch_engine import TorchEngine
from labelsphere.tagger import Tagger

__all__ = ["ENGINES", "Engine", "EngineEntry"]


@dataclass(frozen=True)
class EngineEntry:
    """Entry of an engine in the registry.

    Attributes:
        build: Function that makes the engine from a tagger of pictures.
        description: One line for help and errors.
    """

    build: Callable[[Tagger], Engine]
    description: str


ENGINES = {
    "torch": EngineEntry(TorchEngine, "PyTorch, with normalisation folded into convolutions"),
    "onnx": EngineEntry(OnnxEngine, "ONNX Runtime, on the CPU (extra onnx)"),
}
"""Engines by name."""
