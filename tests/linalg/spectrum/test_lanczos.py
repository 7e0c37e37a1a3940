"""Products alone find the same pairs as LAPACK."""

import numpy as np
import pytest
from scipy.sparse import csr_array, random_array

from labelsphere.errors import UsageError
from labelsphere.linalg import SparsePlusLowRank
from labelsphere.linalg.spectrum import lanczos
from labelsphere.linalg.spectrum.lanczos import solve_by_lanczos


def sparse_plus_low_rank(size: int = 300) -> SparsePlusLowRank:
    """Indefinite, with one strongly negative direction that is largest by magnitude."""
    rng = np.random.default_rng(0)
    sparse = random_array((size, size), density=0.03, rng=rng, format="csr")
    left = rng.standard_normal((size, 1))
    return SparsePlusLowRank(csr_array(sparse + sparse.T), left, -left)


def test_lapack_agrees_and_a_negative_direction_is_not_taken() -> None:
    matrix = sparse_plus_low_rank()
    values, vectors = solve_by_lanczos(matrix, 12)
    every = np.linalg.eigvalsh(matrix.to_dense())
    assert abs(every[0]) > every[-1]
    np.testing.assert_allclose(values, every[::-1][:12], rtol=1e-10)
    np.testing.assert_allclose(matrix @ vectors, vectors * values, atol=1e-9)
    np.testing.assert_allclose(vectors.T @ vectors, np.eye(12), atol=1e-10)


def test_the_same_matrix_gives_the_same_pairs() -> None:
    first = solve_by_lanczos(sparse_plus_low_rank(), 6)
    second = solve_by_lanczos(sparse_plus_low_rank(), 6)
    assert first[0].tobytes() == second[0].tobytes()
    assert first[1].tobytes() == second[1].tobytes()


def test_every_copy_of_a_repeated_eigenvalue_is_found() -> None:
    # 50 equal blocks of 4 labels: the value 5 fifty times over, then 1.
    blocks = csr_array(np.kron(np.eye(50), np.eye(4) + 1.0))
    values, vectors = solve_by_lanczos(SparsePlusLowRank(blocks), 12)
    np.testing.assert_allclose(values, 5.0, rtol=1e-10)
    np.testing.assert_allclose(vectors.T @ vectors, np.eye(12), atol=1e-8)


def test_failing_to_converge_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    given = lanczos.eigsh
    monkeypatch.setattr(lanczos, "eigsh", lambda *args, **named: given(*args, **named, maxiter=1))
    with pytest.raises(UsageError, match="of 12 eigenpairs of 300 rows converged"):
        solve_by_lanczos(sparse_plus_low_rank(), 12)
