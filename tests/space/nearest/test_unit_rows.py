import numpy as np

from labelsphere.space.nearest import with_unit_rows


def test_unit_rows_hold_at_both_ends_of_float32() -> None:
    rows = np.array([[3e38, 3e38], [1e-40, 0], [0, 0], [3, 4]], np.float32)
    unit = with_unit_rows(rows)
    np.testing.assert_allclose(unit, [[0.5**0.5] * 2, [1, 0], [0, 0], [0.6, 0.8]], rtol=1e-6)
    assert unit.dtype == np.float32
