import numpy as np
import torch

from labelsphere.tagger.decoders import log_prior


def test_is_the_log_share_with_half_an_image_added() -> None:
    found = log_prior(np.array([0, 3, 10]), 10)
    np.testing.assert_allclose(found, np.log([0.5 / 11, 3.5 / 11, 10.5 / 11]), rtol=1e-6)
    assert found.dtype == torch.float32
