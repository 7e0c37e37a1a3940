"""Pictures through a frozen backbone: decoded ahead of the network, each once."""

import os
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl
import torch
from torch import Tensor, nn

from labelsphere.annotations import PictureBytes
from labelsphere.arrays import FloatArray, IntArray
from labelsphere.errors import DataError
from labelsphere.tagger.feature_network import pooled_features
from labelsphere.tagger.features.contents import content_digest
from labelsphere.tagger.inputs import ImageInputs
from labelsphere.tagger.inputs.threads import map_ahead


@dataclass(frozen=True)
class Extracted:
    """Features of some pictures.

    Attributes:
        rows: The rows that were looked at, int64.
        read: Those of them that could be read, int64.
        digests: Digests of the bytes that were decoded, one for each of ``read``.
        features: (read, width) float32.
    """

    rows: IntArray
    read: IntArray
    digests: list[bytes]
    features: FloatArray


@torch.inference_mode()
def extract_features(
    network: nn.Module, inputs: ImageInputs, rows: IntArray, *, batch_size: int
) -> Iterator[Extracted]:
    """Run pictures through a backbone, without augmentation, in float32.

    The next batch is read and decoded while one is in the network. Digest and pixels come from
    the same bytes, so that a file that is changed meanwhile is never taken for what it was.

    Args:
        network: From `frozen_backbone`.
        inputs: The pictures and how they are prepared.
        rows: Which pictures, int64.
        batch_size: Pictures in the network at a time.

    Yields:
        The features of one batch after another.
    """
    device = next(network.parameters()).device
    workers = os.cpu_count() or 1

    def load(row: int) -> tuple[bytes, Tensor] | None:
        name = inputs.pictures.name(row)
        try:
            data = inputs.pictures.read(row)
            held = PictureBytes(pl.Series([data], dtype=pl.Binary), [name])
            one = ImageInputs.from_settings(held, inputs.settings(), workers=1)
            return content_digest(data), one.batch(np.zeros(1, np.int64), training=False)
        except (OSError, DataError):
            return None

    def load_batch(start: int) -> tuple[IntArray, list[tuple[bytes, Tensor] | None]]:
        chosen = rows[start : start + batch_size]
        return chosen, list(map_ahead(load, chosen.tolist(), min(workers, len(chosen) // 2)))

    for chosen, loaded in map_ahead(load_batch, range(0, len(rows), batch_size), 1):
        good = [pair for pair in loaded if pair is not None]
        read = chosen[[pair is not None for pair in loaded]]
        if not good:
            yield Extracted(chosen, read, [], np.zeros((0, 0), np.float32))
            continue
        batch = torch.cat([values for _, values in good])
        moved = batch.to(device, memory_format=torch.channels_last)
        features: FloatArray = pooled_features(network, moved).float().cpu().numpy()
        yield Extracted(chosen, read, [digest for digest, _ in good], features)
