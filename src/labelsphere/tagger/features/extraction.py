"""Extraction of features: decoding of pictures and a frozen backbone, in parallel."""

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
from labelsphere.tagger.single_thread import one_thread


@dataclass(frozen=True)
class Extracted:
    """Features of some pictures.

    Attributes:
        rows: Requested rows, int64.
        read: Rows among them that could be read, int64.
        digests: Hashes of the decoded bytes, one for each of ``read``.
        features: (read, width) float32.
    """

    rows: IntArray
    read: IntArray
    digests: list[bytes]
    features: FloatArray


def extract_features(
    network: nn.Module, inputs: ImageInputs, rows: IntArray, *, batch_size: int
) -> Iterator[Extracted]:
    """Run pictures through a backbone, without augmentation, in float32.

    On a CPU, each thread decodes a batch and runs the network on it. With a GPU, the next batch is
    decoded while one is in the network. Hash and pixels come from the same bytes, so that a file
    that changes meanwhile is never stored under its old hash.

    Args:
        network: Network from `frozen_backbone`.
        inputs: The pictures and their preparation.
        rows: Rows of the pictures, int64.
        batch_size: Pictures per batch.

    Yields:
        The features of each batch.
    """
    device = next(network.parameters()).device
    batches = [rows[start : start + batch_size] for start in range(0, len(rows), batch_size)]
    if device.type == "cpu":

        def work(chosen: IntArray) -> Extracted:
            torch.set_num_threads(1)
            return _through(network, _load(inputs, chosen, workers=0))

        threads = torch.get_num_threads()
        with one_thread():
            yield from map_ahead(work, batches, threads)
        return
    workers = os.cpu_count() or 1
    for loaded in map_ahead(lambda chosen: _load(inputs, chosen, workers=workers), batches, 1):
        yield _through(network, loaded)


@dataclass(frozen=True)
class _Loaded:
    """Decoded pictures.

    Attributes:
        rows: Requested rows.
        pictures: Hash and prepared pixels of each, (1, 3, size, size); None if it cannot be read.
    """

    rows: IntArray
    pictures: list[tuple[bytes, Tensor] | None]


def _load(inputs: ImageInputs, rows: IntArray, *, workers: int) -> _Loaded:
    """Read and decode some pictures."""

    def load(row: int) -> tuple[bytes, Tensor] | None:
        name = inputs.pictures.name(row)
        try:
            data = inputs.pictures.read(row)
            held = PictureBytes(pl.Series([data], dtype=pl.Binary), [name])
            one = ImageInputs.from_settings(held, inputs.settings(), workers=1)
            return content_digest(data), one.batch(np.zeros(1, np.int64), training=False)
        except (OSError, DataError):
            return None

    return _Loaded(rows, list(map_ahead(load, rows.tolist(), min(workers, len(rows) // 2))))


@torch.inference_mode()
def _through(network: nn.Module, loaded: _Loaded) -> Extracted:
    """Run a backbone on decoded pictures."""
    good = [pair for pair in loaded.pictures if pair is not None]
    read = loaded.rows[[pair is not None for pair in loaded.pictures]]
    if not good:
        return Extracted(loaded.rows, read, [], np.zeros((0, 0), np.float32))
    batch = torch.cat([values for _, values in good])
    device = next(network.parameters()).device
    moved = batch.to(device, memory_format=torch.channels_last)
    features: FloatArray = pooled_features(network, moved).float().cpu().numpy()
    return Extracted(loaded.rows, read, [digest for digest, _ in good], features)
