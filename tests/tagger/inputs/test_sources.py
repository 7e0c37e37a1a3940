import io

import numpy as np
import pytest
from PIL import Image

from labelsphere.errors import DataError, UsageError
from labelsphere.tagger.inputs import FeatureInputs, ImageInputs, open_pictures, shape_only


def red_png():
    out = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(out, "PNG")
    return out.getvalue()


def test_paths_and_bytes_give_the_same_batch(tmp_path):
    path = tmp_path / "red.png"
    path.write_bytes(red_png())
    settings = ImageInputs(open_pictures([]), 8, mean=(0, 0, 0), std=(1, 1, 1)).settings()
    for sources in ([path], [str(path)], [red_png()]):
        inputs = ImageInputs.from_settings(open_pictures(sources), settings)
        batch = inputs.batch(np.array([0]), training=False)
        np.testing.assert_allclose(batch[0, :, 4, 4], [1, 0, 0])


def test_names():
    assert open_pictures(["a/b.png"]).name(0) == "a/b.png"
    assert open_pictures([b"x", b"y"]).name(1) == "picture 2"


def test_paths_and_bytes_are_not_mixed():
    with pytest.raises(UsageError, match="all paths or all bytes, but got 2 paths and 1 bytes"):
        open_pictures(["a.png", b"x", "b.png"])


def test_shape_only_has_the_shape_and_the_settings():
    images = ImageInputs(open_pictures([red_png()]), 24, fit="crop")
    features = FeatureInputs(np.random.default_rng(0).random((9, 5))).fitted(np.arange(9))
    for inputs in (images, features):
        shape = shape_only(inputs.settings())
        assert len(shape) == 0
        assert shape.sample_shape == inputs.sample_shape
        assert shape.settings() == inputs.settings()


def test_settings_of_no_known_kind():
    with pytest.raises(DataError, match="expected settings of images"):
        shape_only({"kind": "sounds"})
