"""Normalisation within the model, beside that of training."""

import numpy as np
import onnxruntime
import pytest

from labelsphere.annotations import PictureFiles
from labelsphere.tagger.export.graph import Graph
from labelsphere.tagger.export.preparation import add_preparation
from labelsphere.tagger.inputs import ImageInputs


@pytest.mark.parametrize("bgr", [False, True])
@pytest.mark.parametrize("dtype", [np.uint8, np.float32])
def test_pixels_are_normalised_as_in_training(dtype: type, bgr: bool) -> None:
    inputs = ImageInputs(PictureFiles([]), 5, mean=(0.1, 0.5, 0.4), std=(0.2, 0.3, 0.9))
    pixels = np.random.default_rng(0).integers(0, 256, (3, 5, 5, 3), np.uint8)
    graph = Graph()
    given = graph.input("x", dtype, ["batch", 5, 5, 3])
    out = add_preparation(graph, given, inputs.settings(), bgr=bgr)
    graph.output(out, "y", np.float32, ["batch", 3, 5, 5])
    session = onnxruntime.InferenceSession(graph.model("t", {}).SerializeToString())
    fed = pixels[..., ::-1] if bgr else pixels
    (found,) = session.run(None, {"x": np.ascontiguousarray(fed).astype(dtype)})
    np.testing.assert_allclose(found, inputs.normalise(pixels).numpy(), atol=1e-5)
