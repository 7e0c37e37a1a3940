"""Scores that are stored and ranked on a GPU."""

from dataclasses import dataclass

import torch
from torch import Tensor

from labelsphere.arrays import AnyArray, FloatArray, IntArray
from labelsphere.metrics.ranking import not_a_number
from labelsphere.tagger.decoders import Decoder
from labelsphere.tagger.scores import DecodedScores

MOST_SCORES = 1 << 27
"""Largest number of stored scores: half a GiB."""

_BLOCK = 1 << 26
"""Comparisons at a time: 64 M, which take 64 MiB of booleans and 512 MiB of keys."""


def rank_on_device(points: Tensor, decoder: Decoder) -> "DecodedScores | DeviceScores":
    """Choose scores for evaluation: ranked on the GPU if the points are there and memory allows.

    Args:
        points: (images, width) float32.
        decoder: Decoder of the points, on the same device.
    """
    if points.device.type == "cpu" or len(points) * decoder.n_labels > MOST_SCORES:
        return DecodedScores(points, decoder)
    return DeviceScores(decoder.scores(points))


@dataclass(frozen=True)
class DeviceScores:
    """Scores of images × labels for `labelsphere.metrics.evaluate`.

    Ranks equal those of `labelsphere.metrics.Ranking` on the CPU, also for ties and -inf.

    Attributes:
        values: (images, labels) float32, on any device.
    """

    values: Tensor

    @property
    def shape(self) -> tuple[int, int]:
        """Images, labels."""
        images, labels = self.values.shape
        return images, labels

    def rows(self, start: int, stop: int) -> FloatArray:
        """Return scores of some images for all labels, (stop − start, labels) float32."""
        scores: FloatArray = self.values[start:stop].cpu().numpy()
        return scores

    def columns(self, start: int, stop: int) -> FloatArray:
        """Return scores of all images for some labels, (images, stop − start) float32."""
        scores: FloatArray = self.values[:, start:stop].cpu().numpy()
        return scores

    def ranked(
        self, start: int, stop: int, depth: int, images: IntArray, labels: AnyArray
    ) -> tuple[IntArray, IntArray]:
        """Find the best labels of images, and ranks of labels; see `metrics.scores.SelfRanking`.

        Raises:
            DataError: If a score is NaN.
        """
        values = self.values[start:stop]
        missing = values.isnan().any(dim=1)
        if missing.any():
            raise not_a_number(start + int(missing.int().argmax()))
        # The same keys as in `metrics.ranking.sort_keys`: all are different, so there are no ties.
        bits = (values + 0.0).view(torch.int32)
        rising = bits ^ ((bits >> 31) & 0x7FFFFFFF)
        numbers = torch.arange(values.shape[1], device=values.device)
        keys = ((~rising).long() << 32) | numbers
        best = keys.topk(depth, dim=1, largest=False, sorted=True).values & 0xFFFFFFFF
        rows = torch.from_numpy(images).to(keys.device)
        own = keys[rows, torch.from_numpy(labels).long().to(keys.device)]
        step = max(1, _BLOCK // keys.shape[1])
        ranks = [
            (keys[some] <= mine[:, None]).sum(dim=1)
            for some, mine in zip(torch.split(rows, step), torch.split(own, step), strict=True)
        ]
        return best.cpu().numpy(), torch.cat([*ranks, rows[:0]]).cpu().numpy()
