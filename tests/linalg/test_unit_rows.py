import numpy as np

from labelsphere.linalg import with_unit_rows


def test_unit_rows_hold_at_both_ends_of_float32() -> None:
    rows = np.array([[3e38, 3e38], [1e-40, 0], [0, 0], [3, 4]], np.float32)
    unit = with_unit_rows(rows)
    np.testing.assert_allclose(unit, [[0.5**0.5] * 2, [1, 0], [0, 0], [0.6, 0.8]], rtol=1e-6)
    assert unit.dtype == np.float32


def test_an_infinite_coordinate_is_nan_and_no_warning() -> None:
    with np.errstate(all="raise"):
        unit = with_unit_rows(np.array([[np.inf, 1], [3, 4]], np.float32))
    assert np.isnan(unit[0, 0])
    np.testing.assert_allclose(unit[1], [0.6, 0.8])
