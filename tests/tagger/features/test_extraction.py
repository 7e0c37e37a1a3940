"""Features are those of one picture at a time, in order, and unreadable pictures are left out."""

from collections.abc import Callable

import numpy as np
import polars as pl
import pytest
import torch

from labelsphere.annotations import Annotations, PictureBytes
from labelsphere.tagger.features.backbone import frozen_backbone
from labelsphere.tagger.features.contents import content_digest
from labelsphere.tagger.features.extraction import extract_features
from labelsphere.tagger.inputs import ImageInputs
from labelsphere.tagger.network import pooled_features
from labelsphere.tagger.pretrained import PretrainedWeights

OPTIONS = {"channels": (8, 16, 32, 64)}


@pytest.mark.parametrize("batch_size", [1, 4, 100])
def test_features_of_each_picture(
    prepared: Callable[..., ImageInputs],
    weights_file: Callable[..., PretrainedWeights],
    squares: Annotations,
    batch_size: int,
) -> None:
    assert squares.pictures is not None
    data = [squares.pictures.read(row) for row in range(9)]
    data[3] = b"broken"
    names = [f"{row}.png" for row in range(9)]
    inputs = prepared(PictureBytes(pl.Series(data, dtype=pl.Binary), names))
    network = frozen_backbone(weights_file(), inputs.sample_shape, OPTIONS)
    threads = torch.get_num_threads()
    rows = np.array([5, 3, 0, 8, 2])
    found = list(extract_features(network, inputs, rows, batch_size=batch_size))
    assert torch.get_num_threads() == threads
    assert np.concatenate([each.rows for each in found]).tolist() == rows.tolist()
    read = np.concatenate([each.read for each in found])
    assert read.tolist() == [5, 0, 8, 2]
    digests = [digest for each in found for digest in each.digests]
    assert digests == [content_digest(data[row]) for row in read]
    features = np.concatenate([each.features for each in found if len(each.features)])
    with torch.inference_mode():
        for row, vector in zip(read.tolist(), features, strict=True):
            one = pooled_features(network, inputs.batch(np.array([row]), training=False))
            np.testing.assert_allclose(vector, one[0].numpy(), rtol=0, atol=1e-5)
