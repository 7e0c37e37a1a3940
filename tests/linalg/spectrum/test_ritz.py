"""The best pairs of a span against a dense projection in float64."""

import numpy as np
import pytest
from scipy.linalg import eigh, qr
from scipy.sparse import csr_array

from labelsphere.linalg import SparsePlusLowRank
from labelsphere.linalg.spectrum import ritz
from labelsphere.linalg.spectrum.blocks import BlockProduct
from labelsphere.linalg.spectrum.ritz import ritz_pairs


def matrix(size: int = 120) -> np.ndarray:
    rng = np.random.default_rng(0)
    half = rng.standard_normal((size, size))
    return (half + half.T) / np.sqrt(size)


def unit(basis: np.ndarray) -> np.ndarray:
    return np.asarray(basis / np.linalg.norm(basis, axis=0), np.float32)


@pytest.mark.parametrize("rows", [7, 4_096])
def test_dense_projection_agrees(rows: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ritz, "_ROWS", rows)
    monkeypatch.setattr(ritz, "_SLAB", 9)
    dense = matrix()
    # Columns that are nearly parallel: what a filter leaves.
    rng = np.random.default_rng(1)
    basis = unit(rng.standard_normal((120, 1)) + 1e-3 * rng.standard_normal((120, 30)))
    q, _ = qr(basis.astype(np.float64), mode="economic")
    expected = eigh(q.T @ dense @ q, eigvals_only=True)[::-1][:10]
    pairs = ritz_pairs(BlockProduct.of(SparsePlusLowRank(csr_array(dense))), basis.copy(), 10)
    np.testing.assert_allclose(pairs.values, expected, atol=2e-4)
    vectors = pairs.vectors.astype(np.float64)
    np.testing.assert_allclose(vectors.T @ vectors, np.eye(10), atol=1e-5)
    np.testing.assert_allclose(pairs.values, np.diag(vectors.T @ dense @ vectors), atol=1e-6)
    residuals = np.linalg.norm(dense @ vectors - vectors * pairs.values, axis=0)
    np.testing.assert_allclose(pairs.residuals, residuals, rtol=1e-4)


def test_residuals_of_true_eigenvectors_are_rounding() -> None:
    dense = matrix()
    values, vectors = np.linalg.eigh(dense)
    pairs = ritz_pairs(
        BlockProduct.of(SparsePlusLowRank(csr_array(dense))), vectors[:, -20:].astype(np.float32), 5
    )
    np.testing.assert_allclose(pairs.values, values[::-1][:5], rtol=1e-6)
    assert pairs.residuals.max() < 2e-6


@pytest.mark.parametrize("spoilt", ["twice the same", "zeros"])
def test_columns_that_add_nothing_are_left_out(spoilt: str) -> None:
    dense = matrix()
    basis = unit(np.random.default_rng(2).standard_normal((120, 8)))
    basis[:, 5] = basis[:, 0] if spoilt == "twice the same" else 0.0
    q, _ = qr(np.delete(basis, 5, axis=1).astype(np.float64), mode="economic")
    expected = eigh(q.T @ dense @ q, eigvals_only=True)[::-1]
    pairs = ritz_pairs(BlockProduct.of(SparsePlusLowRank(csr_array(dense))), basis.copy(), 8)
    np.testing.assert_allclose(pairs.values, expected, atol=1e-5)
