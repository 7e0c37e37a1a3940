"""Inner products of columns against float64."""

import numpy as np
import pytest

from labelsphere.linalg.spectrum.columns import column_products


@pytest.mark.parametrize("rows", [0, 1, 256, 5_000])
def test_float64_agrees(rows: int) -> None:
    rng = np.random.default_rng(0)
    one, other = (rng.standard_normal((rows, 3)).astype(np.float32) + 1 for _ in range(2))
    exact = (one.astype(np.float64) * other).sum(axis=0)
    found = column_products(one, other)
    assert found.dtype == np.float64
    np.testing.assert_allclose(found, exact, rtol=2e-6)
