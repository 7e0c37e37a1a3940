"""Engine on ONNX Runtime."""

import torch
from torch import Tensor

from labelsphere.app.engines.engine import Engine
from labelsphere.app.squares import Squares
from labelsphere.tagger import Tagger


class OnnxEngine(Engine):
    """Engine that converts the tagger's network without its head, and runs it on the CPU.

    Head and decoder run in PyTorch, so that labels can be added as with the other engine. The
    network computes in float32.

    Args:
        tagger: A tagger of pictures.

    Raises:
        MissingExtraError: If ONNX Runtime is not installed (extra ``onnx``).
    """

    def __init__(self, tagger: Tagger) -> None:
        from labelsphere.tagger.export.session import features_session

        self._session = features_session(tagger)

    def features(self, squares: Squares) -> Tensor:
        """Compute the inputs of the head; see `Engine.features`."""
        return torch.from_numpy(self._session.run(["features"], {"pictures": squares})[0])
