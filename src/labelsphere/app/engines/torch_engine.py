"""The network in PyTorch."""

import torch
from torch import Tensor

from labelsphere.app.engines.engine import Engine
from labelsphere.app.squares import Squares
from labelsphere.tagger import Tagger
from labelsphere.tagger.devices import autocast
from labelsphere.tagger.fusing import fuse_normalisation
from labelsphere.tagger.inputs import ImageInputs, shape_only
from labelsphere.tagger.network import features_of


class TorchEngine(Engine):
    """Runs a copy of the tagger's network with batch normalisation folded in.

    Where something is folded it computes in float32: on processors that multiply bfloat16,
    convolutions of a few pictures were no faster in it.

    Args:
        tagger: A tagger of pictures.
    """

    def __init__(self, tagger: Tagger) -> None:
        self._network = fuse_normalisation(tagger.network, tagger.sample_shape)
        self._device = next(tagger.network.parameters()).device
        self._precision = tagger.precision if self._network is tagger.network else "float32"
        inputs = shape_only(tagger.preparation)
        assert isinstance(inputs, ImageInputs)
        self._normalise = inputs.normalise

    def features(self, squares: Squares) -> Tensor:
        """What enters the head; see `Engine.features`."""
        with torch.no_grad(), autocast(self._precision, self._device):
            batch = self._normalise(squares).to(self._device)
            return features_of(self._network, batch).float()
