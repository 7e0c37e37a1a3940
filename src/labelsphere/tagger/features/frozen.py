"""Features of a frozen backbone, computed once per picture and cached."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch

from labelsphere.arrays import FloatArray
from labelsphere.errors import DataError, WriteError
from labelsphere.tagger.cache_folder import cache_folder
from labelsphere.tagger.devices import accelerator
from labelsphere.tagger.features.backbone import feature_key, frozen_backbone
from labelsphere.tagger.features.contents import content_digests
from labelsphere.tagger.features.extraction import extract_features
from labelsphere.tagger.features.store import FeatureStore
from labelsphere.tagger.inputs import FeatureInputs, ImageInputs, Progress
from labelsphere.tagger.memory import keep_freed_memory
from labelsphere.tagger.network import head_of
from labelsphere.tagger.pretrained import PretrainedWeights

_PICTURES_A_PART = 1024
_MOST_PICTURES = 64
_PIXELS = 1 << 18
"""Pixels per batch on a CPU. The largest layers then need less than 32 MiB, above which each
allocation gets new, zeroed memory from the system: EfficientNet-Lite0 at 224 px took 33 ms per
picture in batches of 64 and 20 ms in batches of 5, on one thread."""
_PACKAGE = Path(__file__).resolve().parents[2]


def feature_cache(table: str | Path) -> Path:
    """Return the cache folder for features of a table's pictures.

    Args:
        table: The tag table, a file or a folder.

    Returns:
        The folder beside the table with the table's name and ``.features`` appended. A folder in
        the user's cache folder, if that one is not writable or the table is part of the installed
        package.
    """
    table = Path(os.path.abspath(table))  # noqa: PTH100 - links stay: the user's name counts
    if table.is_relative_to(_PACKAGE) or not os.access(table.parent, os.W_OK):
        return cache_folder() / "features"
    return table.with_name(f"{table.name}.features")


def frozen_features(
    inputs: ImageInputs,
    weights: PretrainedWeights,
    cache: Path | None,
    *,
    options: Mapping[str, Any] | None = None,
    progress: Progress | None = None,
    device: str = "auto",
    batch_size: int | None = None,
) -> FeatureInputs:
    """Compute features of pictures with a pretrained backbone, once per picture.

    The cache key is a hash of weights, preparation and the picture's contents, not its name. An
    interrupted computation continues where it stopped.

    Args:
        inputs: The pictures. Augmentation is not applied.
        weights: The backbone and its weights.
        cache: Cache folder, see `feature_cache`; None caches nothing.
        options: Additional arguments of the timm model.
        progress: Called with the number of finished pictures and of all pictures.
        device: ``"auto"`` or ``"cpu"``.
        batch_size: Pictures per batch; chosen automatically if None.

    Returns:
        Float32 features (pictures, width), not yet standardised, see `FeatureInputs.fitted`. The
        row of a picture that cannot be read is all NaN, and not `usable`.

    Raises:
        UsageError: If the pictures are not prepared as the weights expect, or the backbone does
            not accept them.
        DataError: If the weights cannot be downloaded or read, or no picture can be read.
        WriteError: If the cache cannot be written.
    """
    weights.check_preparation(inputs.settings())
    network = frozen_backbone(weights, inputs.sample_shape, options)
    key = feature_key(network, weights, inputs.settings(), options)
    matrix: FloatArray = np.full(
        (len(inputs), head_of(network).in_features), np.nan, dtype=np.float32
    )
    digests = content_digests(inputs.pictures, None if cache is None else cache / "files.parquet")
    store = None if cache is None else FeatureStore(cache / key)
    if store is not None:
        store.fill(matrix, digests)
    # One row per contents that are not cached yet.
    rows: dict[bytes, list[int]] = {}
    for row, digest in enumerate(digests):
        if digest is not None and (store is None or digest not in store):
            rows.setdefault(digest, []).append(row)
    firsts = np.array([same[0] for same in rows.values()], np.int64)
    done = len(inputs) - sum(len(same) for same in rows.values())
    if progress is not None:
        progress(done, len(inputs))
    waiting: list[tuple[list[bytes], FloatArray]] = []
    chosen = accelerator(device).device
    if chosen.type == "cpu" and len(firsts):
        keep_freed_memory()
    network.to(chosen)
    batch_size = batch_size or _batch_size(chosen, inputs.sample_shape[-1])
    for part in extract_features(network, inputs, firsts, batch_size=batch_size):
        for row, features in zip(part.read.tolist(), part.features, strict=True):
            matrix[rows[digests[row] or b""]] = features
        waiting.append((part.digests, part.features))
        if store is not None and sum(len(some) for some, _ in waiting) >= _PICTURES_A_PART:
            _keep(store, waiting)
            waiting = []
        done += sum(len(rows[digests[row] or b""]) for row in part.rows.tolist())
        if progress is not None:
            progress(done, len(inputs))
    if store is not None:
        _keep(store, waiting)
    if len(matrix) and np.isnan(matrix[:, 0]).all():
        raise DataError(
            f"none of the {len(matrix):,} pictures can be read, such as {inputs.pictures.name(0)}; "
            "check their folder"
        )
    return FeatureInputs(matrix)


def _batch_size(device: torch.device, side: int) -> int:
    if device.type != "cpu":
        return _MOST_PICTURES
    return int(np.clip(_PIXELS // side**2, 4, _MOST_PICTURES))


def _keep(store: FeatureStore, waiting: list[tuple[list[bytes], FloatArray]]) -> None:
    """Write the computed features as one part."""
    full = [(digests, features) for digests, features in waiting if digests]
    if not full:
        return
    try:
        store.add(
            [digest for digests, _ in full for digest in digests],
            np.concatenate([features for _, features in full]),
        )
    except WriteError as error:
        raise WriteError(f"features cannot be cached: {error}") from error
