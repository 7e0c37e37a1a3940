"""Scores of images × labels, computed from points in blocks."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from labelsphere.arrays import FloatArray, IntArray
from labelsphere.tagger.decoders import Decoder
from labelsphere.tagger.devices import autocast
from labelsphere.tagger.inputs import Inputs, Progress, evaluation_batches
from labelsphere.tagger.network import features_of, head_of


@dataclass(frozen=True)
class DecodedScores:
    """Scores of a decoder for points, as input of `labelsphere.metrics.evaluate`.

    Memory grows with images × width of a point; images × labels is computed in blocks.

    Attributes:
        points: (images, width) float32, on the decoder's device.
        decoder: What turns them into scores.
    """

    points: Tensor
    decoder: Decoder

    @property
    def shape(self) -> tuple[int, int]:
        """Images, labels."""
        return len(self.points), self.decoder.n_labels

    def rows(self, start: int, stop: int) -> FloatArray:
        """Return scores of some images for all labels, (stop − start, labels) float32."""
        scores: FloatArray = self.decoder.scores(self.points[start:stop]).cpu().numpy()
        return scores

    def columns(self, start: int, stop: int) -> FloatArray:
        """Return scores of all images for some labels, (images, stop − start) float32."""
        scores: FloatArray = self.decoder.scores(self.points, start, stop).cpu().numpy()
        return scores


@torch.no_grad()
def predict_points(
    network: nn.Module,
    inputs: Inputs,
    rows: IntArray,
    *,
    features: bool,
    precision: str = "auto",
    batch_size: int = 256,
    progress: Progress | None = None,
) -> Tensor:
    """Run a network on inputs.

    Args:
        network: A trained network, which is put into evaluation mode.
        inputs: Images or feature vectors.
        rows: Row numbers, int64.
        features: Whether to return the head's inputs instead of its outputs.
        precision: Precision, see `TrainingSettings`.
        batch_size: Inputs per batch.
        progress: Called with the number of finished rows and of all.

    Returns:
        (rows, width) float32, on the network's device.
    """
    device = next(network.parameters()).device
    network.eval()
    points: list[Tensor] = []
    for batch in evaluation_batches(inputs, rows, batch_size):
        with autocast(precision, device):
            moved = batch.to(device)
            out = features_of(network, moved) if features else network(moved)
        points.append(out.float())
        if progress is not None:
            progress(min(len(points) * batch_size, len(rows)), len(rows))
    if not points:
        head = head_of(network)
        width = head.in_features if features else head.out_features
        return torch.empty((0, width), device=device)
    return torch.cat(points)
