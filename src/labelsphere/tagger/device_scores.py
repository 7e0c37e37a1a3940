"""Scores that are kept whole on a GPU, and ranked there."""

from dataclasses import dataclass

import torch
from torch import Tensor

from labelsphere.arrays import AnyArray, FloatArray, IntArray
from labelsphere.metrics.ranking import not_a_number
from labelsphere.tagger.decoders import Decoder
from labelsphere.tagger.scores import DecodedScores

MOST_SCORES = 1 << 27
"""Scores that are kept, half a GiB."""

_BLOCK = 1 << 26
"""Comparisons made at a time: 64 M, 64 MiB of truth values and 512 of keys."""


def ranked_where_they_are(points: Tensor, decoder: Decoder) -> "DecodedScores | DeviceScores":
    """Scores for evaluation, ranked on the GPU where the points are on one and memory allows it.

    Args:
        points: (images, width) float32.
        decoder: What turns them into scores, on the same device.
    """
    if points.device.type == "cpu" or len(points) * decoder.n_labels > MOST_SCORES:
        return DecodedScores(points, decoder)
    return DeviceScores(decoder.scores(points))


@dataclass(frozen=True)
class DeviceScores:
    """Scores of images over labels: what `labelsphere.metrics.evaluate` takes.

    Ranks are those that `labelsphere.metrics.Ranking` finds on a processor, ties and -inf included.

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
        """Scores of some images over all labels, (stop − start, labels) float32."""
        scores: FloatArray = self.values[start:stop].cpu().numpy()
        return scores

    def columns(self, start: int, stop: int) -> FloatArray:
        """Scores of all images for some labels, (images, stop − start) float32."""
        scores: FloatArray = self.values[:, start:stop].cpu().numpy()
        return scores

    def ranked(
        self, start: int, stop: int, depth: int, images: IntArray, labels: AnyArray
    ) -> tuple[IntArray, IntArray]:
        """The best labels of some images, and ranks of others; see `metrics.scores.SelfRanking`.

        Raises:
            DataError: If a score is NaN.
        """
        values = self.values[start:stop]
        missing = values.isnan().any(dim=1)
        if missing.any():
            raise not_a_number(start + int(missing.int().argmax()))
        # The same keys as `metrics.ranking.sort_keys` makes: no two alike, so that no tie is left.
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
