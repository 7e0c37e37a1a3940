import io
import json

import numpy as np
import polars as pl
import pytest
import torch
from PIL import Image

from labelsphere.annotations import PictureBytes, PictureFiles
from labelsphere.errors import DataError, UsageError
from labelsphere.tagger.inputs import ImageInputs, evaluation_batches
from labelsphere.tagger.inputs.decoding import decode_picture


def noise(seed, side=24):
    values = np.random.default_rng(seed).integers(0, 256, (side, side, 3), np.uint8)
    out = io.BytesIO()
    Image.fromarray(values).save(out, "PNG")
    return out.getvalue()


def pictures_of(encoded):
    return PictureBytes(pl.Series(encoded, dtype=pl.Binary), [f"p{i}" for i in range(len(encoded))])


ENCODED = [noise(seed) for seed in range(12)]


class Counting(PictureBytes):
    """Counts how often each picture is read."""

    def __init__(self, encoded):
        super().__init__(pl.Series(encoded, dtype=pl.Binary), [str(i) for i in range(len(encoded))])
        self.reads = [0] * len(encoded)

    def read(self, row):
        self.reads[row] += 1
        return super().read(row)


@pytest.mark.parametrize("memory_limit", [0, 10**9])
@pytest.mark.parametrize("workers", [1, 2])
def test_batch_is_the_normalised_picture(memory_limit, workers):
    mean, std = (0.1, 0.5, 0.7), (0.2, 0.3, 0.4)
    inputs = ImageInputs(
        pictures_of(ENCODED), 16, mean=mean, std=std, memory_limit=memory_limit, workers=workers
    )
    rows = np.array([5, 0, 5, 11, 3])
    batch = inputs.batch(rows, training=False)
    expected = np.stack([decode_picture(ENCODED[row], 16) for row in rows]).astype(np.float64)
    expected = ((expected / 255 - mean) / std).transpose(0, 3, 1, 2)
    assert batch.dtype == torch.float32
    assert batch.shape[1:] == inputs.sample_shape == (3, 16, 16)
    assert batch.is_contiguous(memory_format=torch.channels_last)
    np.testing.assert_allclose(batch.numpy(), expected, atol=1e-6, rtol=0)


def test_normalised_as_imagenet_unless_told_otherwise():
    settings = ImageInputs(pictures_of(ENCODED)).settings()
    assert settings["mean"] == [0.485, 0.456, 0.406]
    assert settings["std"] == [0.229, 0.224, 0.225]


def test_a_picture_is_decoded_once_where_all_fit_in_memory():
    pictures = Counting(ENCODED)
    inputs = ImageInputs(pictures, 16, memory_limit=12 * 16 * 16 * 3)
    inputs.usable(np.array([1, 2]))
    for rows in ([0, 1, 2], [2, 3], [0, 1, 2, 3]):
        inputs.batch(np.array(rows), training=True)
    assert pictures.reads == [1] * 4 + [0] * 8


def test_a_picture_is_decoded_each_time_where_they_do_not_fit():
    pictures = Counting(ENCODED)
    inputs = ImageInputs(pictures, 16, memory_limit=12 * 16 * 16 * 3 - 1)
    for _ in range(3):
        inputs.batch(np.array([0, 1]), training=True)
    assert pictures.reads == [3, 3] + [0] * 10


@pytest.mark.parametrize("memory_limit", [0, 10**9])
def test_whether_a_picture_is_usable_is_found_out_once(memory_limit):
    pictures = Counting([ENCODED[0], b"broken", ENCODED[1]])
    inputs = ImageInputs(pictures, 16, memory_limit=memory_limit)
    for rows in ([0], [0, 1], [2, 1, 0]):
        flags = inputs.usable(np.array(rows))
        assert flags.tolist() == [row != 1 for row in rows]
    assert pictures.reads == [1, 1, 1]


@pytest.mark.parametrize("memory_limit", [0, 10**9])
def test_augmentation_in_training_only_and_repeatable(memory_limit):
    inputs = ImageInputs(pictures_of(ENCODED), 32, augment="shift", memory_limit=memory_limit)
    rows = np.arange(12)
    plain = inputs.batch(rows, training=False, seed=1)
    augmented = inputs.batch(rows, training=True, seed=1)
    assert not torch.equal(augmented, plain)
    assert torch.equal(inputs.batch(rows, training=True, seed=1), augmented)
    assert not torch.equal(inputs.batch(rows, training=True, seed=2), augmented)
    assert torch.equal(inputs.batch(rows, training=False, seed=2), plain)


@pytest.mark.parametrize("memory_limit", [0, 10**9])
@pytest.mark.parametrize("workers", [1, 3])
def test_usable_finds_the_broken_ones(tmp_path, memory_limit, workers):
    contents = {"good": ENCODED[0], "cut": ENCODED[1][:200], "empty": b"", "text": b"hello"}
    for name, data in contents.items():
        (tmp_path / name).write_bytes(data)
    names = ["missing", *contents] * 20
    told = []
    inputs = ImageInputs(
        PictureFiles([tmp_path / name for name in names]), 8, memory_limit=memory_limit,
        workers=workers,
    )  # fmt: skip
    flags = inputs.usable(progress=lambda done, total: told.append((done, total)))
    assert flags.dtype == np.bool_
    assert flags.tolist() == [name == "good" for name in names]
    assert told == sorted(told)
    assert told[-1] == (100, 100)
    assert inputs.usable(np.array([1, 0, 6])).tolist() == [True, False, True]
    for row, name in enumerate(names[:5]):
        if name != "good":
            with pytest.raises(DataError, match=str(tmp_path / name)):
                inputs.batch(np.array([row]), training=False)


def test_no_rows():
    inputs = ImageInputs(pictures_of(ENCODED), 8, memory_limit=0)
    none = np.array([], np.int64)
    assert inputs.batch(none, training=True).shape == (0, 3, 8, 8)
    assert inputs.usable(none).shape == (0,)
    assert list(evaluation_batches(inputs, none)) == []


def test_settings_prepare_new_pictures_alike():
    inputs = ImageInputs(
        pictures_of(ENCODED), 20, fit="crop", augment="shift", mean=(0, 0.5, 1), std=(1, 2, 3)
    )
    settings = json.loads(json.dumps(inputs.settings()))
    others = ImageInputs.from_settings(pictures_of(ENCODED), settings)
    assert others.settings() == inputs.settings()
    rows = np.arange(4)
    for training in (False, True):
        assert torch.equal(
            others.batch(rows, training=training, seed=3),
            inputs.batch(rows, training=training, seed=3),
        )


def test_settings_of_features_are_refused():
    with pytest.raises(DataError, match="expected settings of images, but got those of features"):
        ImageInputs.from_settings(pictures_of(ENCODED), {"kind": "features"})


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"size": 0}, "image size must be at least 1 pixel, but got 0"),
        ({"fit": "squash"}, "fit must be one of pad, crop, stretch, but got 'squash'"),
        ({"augment": "cut"}, r"augment must be one of none, shift, shift\+flip, but got 'cut'"),
        ({"std": (1.0, 0.0, 1.0)}, "std above 0"),
        ({"mean": (0.5,)}, "3 numbers each"),
    ],
)
def test_bad_arguments(arguments, message):
    with pytest.raises(UsageError, match=message):
        ImageInputs(pictures_of(ENCODED), **arguments)
