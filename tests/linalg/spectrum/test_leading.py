"""Leading algebraic eigenpairs of matrices whose spectrum is planted."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_array, diags_array, random_array

from labelsphere.errors import DataError, UsageError
from labelsphere.linalg import SparsePlusLowRank, leading_eigenpairs
from labelsphere.linalg.spectrum import leading


def planted(values: list[float]) -> np.ndarray:
    rng = np.random.default_rng(0)
    q, _ = np.linalg.qr(rng.standard_normal((len(values), len(values))))
    matrix = (q * values) @ q.T
    return (matrix + matrix.T) / 2


def test_the_largest_are_algebraic_not_by_magnitude() -> None:
    spectrum = leading_eigenpairs(planted([-100.0, 3.0, 2.0, -50.0, 1.0]), 2)
    np.testing.assert_allclose(spectrum.values, [3, 2], rtol=1e-12)
    assert spectrum.solver == "exact"
    assert spectrum.positive == 3
    assert spectrum.positive_share == pytest.approx(13 / 14)


@pytest.mark.parametrize("seed", range(4))
def test_eigenvalues_that_are_rounding_are_not_positive(seed: int) -> None:
    # Rank 5 of 60: the others are 0, and come out as some 1e-15 of either sign.
    factor = np.random.default_rng(seed).normal(size=(60, 5))
    found = leading_eigenpairs(factor @ factor.T, 60)
    assert (found.values[5:] > 0).any()
    assert np.abs(found.values[5:]).max() < 1e-10
    assert found.usable == 5
    assert found.positive == 5
    assert len(leading_eigenpairs(factor @ factor.T).values) == 5


def test_none_means_all_positive_ones() -> None:
    spectrum = leading_eigenpairs(planted([-100.0, 3.0, 2.0, 0.0, -50.0, 1.0]))
    np.testing.assert_allclose(spectrum.values, [3, 2, 1], rtol=1e-12)
    assert spectrum.vectors.shape == (6, 3)
    assert spectrum.positive_share == 1


def test_more_than_there_are_positive_ones_end_in_negative_values() -> None:
    spectrum = leading_eigenpairs(planted([2.0, -1.0, -3.0]), 9)
    np.testing.assert_allclose(spectrum.values, [2, -1, -3], rtol=1e-12)
    assert (spectrum.positive, spectrum.positive_share) == (1, 1.0)


def test_a_matrix_without_positive_eigenvalues_holds_nothing() -> None:
    spectrum = leading_eigenpairs(planted([-2.0, -1.0]))
    assert spectrum.values.shape == (0,)
    assert spectrum.vectors.shape == (2, 0)
    assert spectrum.positive == 0


@given(st.lists(st.floats(-10, 10), min_size=1, max_size=12), st.integers(1, 12))
def test_numpy_agrees_on_any_spectrum(values: list[float], count: int) -> None:
    matrix = planted(values)
    spectrum = leading_eigenpairs(matrix, count)
    expected = np.linalg.eigvalsh(matrix)[::-1][:count]
    np.testing.assert_allclose(spectrum.values, expected, atol=1e-11)
    residual = np.linalg.norm(matrix @ spectrum.vectors - spectrum.vectors * expected, axis=0)
    np.testing.assert_allclose(spectrum.residuals, residual, atol=1e-11)
    assert (spectrum.residuals < 1e-11).all()


@pytest.mark.parametrize("form", ["dense", "sparse", "association"])
def test_signs_are_fixed_and_all_forms_agree(form: str) -> None:
    dense = planted([4.0, 3.0, -9.0, 2.0, 1.0])
    sparse = csr_array(dense)
    matrix = {"dense": dense, "sparse": sparse, "association": SparsePlusLowRank(sparse)}[form]
    vectors = leading_eigenpairs(matrix, 3).vectors
    peaks = np.argmax(np.abs(vectors), axis=0)
    assert (vectors[peaks, range(3)] > 0).all()
    np.testing.assert_allclose(vectors, leading_eigenpairs(dense, 3).vectors, atol=1e-12)


def large(size: int = 4_200) -> csr_array:
    """A few planted leading values over a small random bulk, and one far below zero."""
    noise = random_array((size, size), density=1e-4, rng=np.random.default_rng(0))
    leaders = np.zeros(size)
    leaders[:5] = [50.0, 40.0, 30.0, 20.0, -99.0]
    return csr_array((noise + noise.T) * 0.1 + diags_array(leaders))


def test_few_of_many_rows_are_found_by_lanczos() -> None:
    matrix = large()
    spectrum = leading_eigenpairs(matrix, 4)
    assert spectrum.solver == "lanczos"
    assert (spectrum.positive, spectrum.positive_share) == (None, None)
    np.testing.assert_allclose(spectrum.values, [50, 40, 30, 20], atol=0.05)
    assert np.argmax(np.abs(spectrum.vectors), axis=0).tolist() == [0, 1, 2, 3]
    assert spectrum.residuals.max() < 1e-9
    assert spectrum.vectors.tobytes() == leading_eigenpairs(matrix, 4).vectors.tobytes()


def test_lanczos_knows_the_positive_ones_once_it_has_passed_them() -> None:
    size = 4_200
    leaders = -np.linspace(1, 2, size)
    leaders[[7, 3]] = [5.0, 2.0]
    spectrum = leading_eigenpairs(csr_array(diags_array(leaders)), 3)
    assert spectrum.solver == "lanczos"
    assert (spectrum.positive, spectrum.positive_share) == (2, 1.0)
    np.testing.assert_allclose(spectrum.values, [5, 2, -1], atol=1e-9)


def test_a_matrix_too_large_to_be_dense_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leading, "_LARGEST_EXACT", 99)
    matrix = csr_array(diags_array(np.ones(100)))
    with pytest.raises(UsageError, match=r"all positive eigenpairs of 100 .* at most 40"):
        leading_eigenpairs(matrix)


def test_many_of_very_many_rows_are_found_by_filtered_subspaces(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(leading, "_ALWAYS_EXACT", 100)
    monkeypatch.setattr(leading, "_LARGEST_EXACT", 200)
    values = np.r_[np.linspace(-3, 1, 350), np.linspace(2, 6, 50)]
    matrix = planted(values.tolist())
    spectrum = leading_eigenpairs(matrix, 50)
    assert (spectrum.solver, spectrum.estimated, spectrum.converged) == ("chebyshev", True, True)
    assert spectrum.vectors.dtype == np.float32
    np.testing.assert_allclose(spectrum.values, np.sort(values)[::-1][:50], rtol=2e-3)
    assert spectrum.usable == 50
    peaks = np.argmax(np.abs(spectrum.vectors), axis=0)
    assert (spectrum.vectors[peaks, range(50)] > 0).all()
    with pytest.raises(UsageError, match="200 eigenpairs of 400 rows"):
        leading_eigenpairs(matrix, 200)


@pytest.mark.parametrize("tolerance", [-1.0, np.nan])
def test_tolerances_that_mean_nothing_are_refused(tolerance: float) -> None:
    with pytest.raises(UsageError, match="tolerance must be"):
        leading_eigenpairs(np.eye(2), 1, tolerance=tolerance)


@pytest.mark.parametrize(
    ("matrix", "message"),
    [
        (np.ones((2, 3)), "square"),
        (np.ones((0, 0)), "not empty"),
        (np.array([[1.0, np.nan], [np.nan, 1.0]]), "finite"),
        (np.array([[1.0, 2.0], [0.0, 1.0]]), "symmetric"),
        (csr_array(np.array([[1.0, 2.0], [0.0, 1.0]])), "symmetric"),
    ],
)
def test_what_has_no_real_spectrum_is_refused(matrix: np.ndarray, message: str) -> None:
    with pytest.raises(DataError, match=message):
        leading_eigenpairs(matrix)


def test_a_count_below_one_is_refused() -> None:
    with pytest.raises(UsageError, match="at least 1, but got 0"):
        leading_eigenpairs(np.eye(2), 0)


def test_one_value_far_above_all_others_leaves_the_rest_exact() -> None:
    random = np.random.default_rng(0)
    size, count = 1_200, 60
    sparse = random_array((size, size), density=0.01, random_state=random).tocsr()
    sparse = csr_array(sparse + sparse.T)
    ones = np.full((size, 1), 30.0)
    matrix = SparsePlusLowRank(sparse, ones, ones)
    found = leading_eigenpairs(matrix, count)
    expected = np.linalg.eigvalsh(matrix.to_dense())[::-1][:count]
    assert found.solver == "chebyshev"
    assert expected[0] > 1_000 * expected[1]
    np.testing.assert_allclose(found.values, expected, rtol=0.02)
    np.testing.assert_allclose(found.vectors.T @ found.vectors, np.eye(count), atol=2e-3)
    np.testing.assert_allclose(found.vectors[:, :1].T @ found.vectors[:, 1:], 0, atol=1e-6)
    assert found.usable == count
    # The one value holds nearly all of the squares.
    assert found.positive_share == pytest.approx(1, abs=1e-3)
    peaks = np.argmax(np.abs(found.vectors), axis=0)
    assert (found.vectors[peaks, range(count)] > 0).all()
