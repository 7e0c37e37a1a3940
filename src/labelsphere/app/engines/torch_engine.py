"""Engine on PyTorch."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import torch
from torch import Tensor

from labelsphere.app.engines.engine import Engine
from labelsphere.app.squares import Squares
from labelsphere.tagger import Tagger
from labelsphere.tagger.devices import autocast
from labelsphere.tagger.fusing import fuse_normalisation
from labelsphere.tagger.inputs import ImageInputs, shape_only
from labelsphere.tagger.network import features_of

_FEWEST = 4
"""Smallest number of pictures per thread: for fewer, threads within each product are faster."""


class TorchEngine(Engine):
    """Engine that runs a copy of the tagger's network with batch normalisation folded in.

    On a CPU, larger batches are split, and each thread runs the network on some of the pictures.

    A folded network computes in float32: bfloat16 convolutions of a few pictures were no faster,
    even on CPUs with bfloat16 instructions.

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
        self._threads = torch.get_num_threads() if self._device.type == "cpu" else 1
        self._pool = ThreadPoolExecutor(
            self._threads, "network", initializer=torch.set_num_threads, initargs=(1,)
        )

    def features(self, squares: Squares) -> Tensor:
        """Compute the inputs of the head; see `Engine.features`."""
        parts = min(self._threads, len(squares) // _FEWEST)
        if parts <= 1:
            return self._run(squares)
        return torch.cat(list(self._pool.map(self._run, np.array_split(squares, parts))))

    def _run(self, squares: Squares) -> Tensor:
        with torch.no_grad(), autocast(self._precision, self._device):
            batch = self._normalise(squares).to(self._device)
            return features_of(self._network, batch).float()
