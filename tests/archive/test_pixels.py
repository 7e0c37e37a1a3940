"""Decoded pictures enter a network as those that are decoded on the way."""

from collections.abc import Callable

import numpy as np
import torch

from labelsphere.annotations import Annotations
from labelsphere.archive.pixels import DecodedPictures
from labelsphere.tagger.inputs import ImageInputs
from labelsphere.tagger.inputs.decoding import decode_picture


def test_batches_equal_those_of_the_encoded_pictures(
    coloured_squares: Callable[..., Annotations],
) -> None:
    pictures = coloured_squares(6).pictures
    assert pictures is not None
    encoded = ImageInputs(pictures, 16, augment="shift", mean=(0.1, 0.2, 0.3), std=(0.4, 0.5, 0.6))
    pixels = np.stack([decode_picture(pictures.read(row), 16) for row in range(6)])
    decoded = DecodedPictures(pixels, encoded.settings())
    rows = np.array([4, 0, 4])
    assert torch.equal(decoded.batch(rows, training=False), encoded.batch(rows, training=False))
    # Nothing is augmented, not even for training.
    assert torch.equal(
        decoded.batch(rows, training=True, seed=3), decoded.batch(rows, training=False)
    )
    assert (len(decoded), decoded.sample_shape) == (6, (3, 16, 16))
    assert decoded.settings() == encoded.settings()
    assert decoded.usable().all()
    assert len(decoded.usable(rows)) == 3
