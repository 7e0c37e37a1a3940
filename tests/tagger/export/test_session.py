"""A tagger's network in ONNX Runtime."""

from collections.abc import Callable

import numpy as np
import torch

from labelsphere.tagger import Tagger
from labelsphere.tagger.export.session import features_session
from labelsphere.tagger.inputs import shape_only
from labelsphere.tagger.network import features_of


def test_features_are_those_of_the_network_for_any_number_of_pictures(
    make_tagger: Callable[..., Tagger],
) -> None:
    tagger = make_tagger("cosine")
    session = features_session(tagger)
    random = np.random.default_rng(0)
    for count in (1, 6):
        squares = random.integers(0, 256, (count, 32, 32, 3)).astype(np.uint8)
        with torch.no_grad():
            normalised = shape_only(tagger.preparation).normalise(squares)  # type: ignore[attr-defined]
            wanted = features_of(tagger.network, normalised)
        (found,) = session.run(["features"], {"pictures": squares})
        np.testing.assert_allclose(found, wanted.numpy(), rtol=1e-3, atol=1e-4)
