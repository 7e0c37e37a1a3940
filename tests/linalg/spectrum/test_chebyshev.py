"""Filtered subspaces against LAPACK on planted, indefinite spectra."""

from collections.abc import Callable

import numpy as np
import pytest
from scipy.linalg import block_diag, eigh
from scipy.sparse import csr_array, random_array

from labelsphere.linalg import SparsePlusLowRank, Spectrum
from labelsphere.linalg.spectrum import chebyshev
from labelsphere.linalg.spectrum.blocks import BlockProduct
from labelsphere.linalg.spectrum.chebyshev import Effort, solve_by_filter
from labelsphere.linalg.spectrum.ritz import RitzPairs

SIZE, COUNT = 600, 60
THOROUGH = Effort(width=1.5, edge=2.0, leak=1e-9)


def planted(values: np.ndarray) -> np.ndarray:
    """A matrix of these eigenvalues, shuffled over six blocks, so that products are cheap."""
    rng = np.random.default_rng(0)
    blocks = []
    for own in np.array_split(rng.permutation(values), 6):
        q, _ = np.linalg.qr(rng.standard_normal((len(own),) * 2))
        blocks.append((q * own) @ q.T)
    matrix = block_diag(*blocks)
    return (matrix + matrix.T) / 2


def held(matrix: np.ndarray) -> SparsePlusLowRank:
    return SparsePlusLowRank(csr_array(matrix))


def bulk(number: int, high: float = 1.0) -> np.ndarray:
    return np.linspace(-1.0, high, number)


SPECTRA: dict[str, Callable[[], np.ndarray]] = {
    "smooth": lambda: bulk(SIZE, 3.0),
    "outliers at both ends": lambda: np.r_[bulk(SIZE - 4), 500.0, 80.0, -90.0, -70.0],
    "one and one far above a crowd": lambda: np.r_[bulk(SIZE - 2, 2.0), 3.2, 12.0],
    "cluster around the last wanted": lambda: np.r_[
        bulk(SIZE - 80, 0.5), np.linspace(1.9999, 2.0001, 40), np.linspace(3, 9, 40)
    ],
    "equal ones around the last wanted": lambda: np.r_[
        bulk(SIZE - 80, 0.5), np.full(40, 2.0), np.linspace(3, 9, 40)
    ],
    "all wanted ones equal": lambda: np.r_[bulk(SIZE - COUNT, 0.5), np.full(COUNT, 4.0)],
    "far more equal ones than wanted": lambda: np.r_[bulk(SIZE - 250, 0.5), np.full(250, 4.0)],
    "rank below the number wanted": lambda: np.r_[np.zeros(SIZE - 40), np.linspace(-3, 5, 40)],
    "largest by magnitude negative": lambda: np.r_[-np.linspace(5, 9, 300), np.linspace(0, 3, 300)],
    "all negative": lambda: -np.linspace(0.5, 8, SIZE),
    "steep": lambda: np.r_[1e4 / np.arange(1, 301) ** 2, -np.linspace(0, 1, 300)],
}


@pytest.mark.parametrize("seed", range(3))
def test_of_more_equal_ones_than_wanted_all_wanted_are_found(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chebyshev, "_SEED", seed)
    name = "far more equal ones than wanted"
    values = np.random.default_rng(seed).permutation(SPECTRA[name]())
    found = solve_by_filter(held(planted(values)), COUNT)
    assert found.converged
    np.testing.assert_allclose(np.sum(found.values**2), COUNT * 16, rtol=1e-3)


@pytest.mark.parametrize("name", SPECTRA)
def test_lapack_agrees(name: str) -> None:
    matrix = planted(SPECTRA[name]())
    every = eigh(matrix, eigvals_only=True)[::-1]
    found = solve_by_filter(held(matrix), COUNT, effort=THOROUGH)
    scale = np.abs(every).max()
    assert len(found.values) == COUNT
    # No value is above the one that is there, but for float32.
    assert (found.values <= every[:COUNT] + 2e-6 * scale).all()
    best = np.sum(np.maximum(every[:COUNT], 0) ** 2)
    assert np.sum(np.maximum(found.values, 0) ** 2) >= 0.999 * best
    vectors = found.vectors.astype(np.float64)
    np.testing.assert_allclose(vectors.T @ vectors, np.eye(COUNT), atol=2e-5)
    residuals = np.linalg.norm(matrix @ vectors - vectors * found.values, axis=0)
    np.testing.assert_allclose(found.residuals, residuals, atol=5e-6 * scale)
    assert found.converged
    assert found.captured >= 0.999
    if best and name != "steep":  # most of whose values are next to zero
        assert found.positive == pytest.approx(np.sum(every > 1e-6 * scale), abs=0.1 * SIZE)
    if best:
        share = best / np.sum(np.maximum(every, 0) ** 2)
        assert found.positive_share == pytest.approx(share, abs=0.03)


def sparse_plus_low_rank() -> SparsePlusLowRank:
    rng = np.random.default_rng(3)
    half = random_array((SIZE, SIZE), density=0.02, rng=rng, format="csr")
    left = rng.standard_normal((SIZE, 2))
    return SparsePlusLowRank(csr_array(half + half.T), left, -left)


def test_sparse_plus_low_rank_is_solved_without_the_dense_matrix(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    matrix = sparse_plus_low_rank()
    every = np.linalg.eigvalsh(matrix.to_dense())[::-1]
    assert every[-1] < -every[0]

    def refuse(*_: object) -> None:
        raise AssertionError("made dense")

    monkeypatch.setattr(SparsePlusLowRank, "to_dense", refuse)
    monkeypatch.setattr(csr_array, "toarray", refuse)
    monkeypatch.setattr(csr_array, "todense", refuse)
    found = solve_by_filter(matrix, COUNT, effort=THOROUGH)
    held = np.sum(found.values**2) / np.sum(every[:COUNT] ** 2)
    assert 0.999 < held <= 1 + 1e-5


@pytest.fixture(scope="module")
def cut_short() -> Spectrum:
    return solve_by_filter(
        held(planted(bulk(SIZE, 3.0))),
        COUNT,
        rounds=1,
        effort=Effort(1.02, 4.0, leak=4.0),
    )


def test_a_search_that_is_cut_short_says_so_and_claims_no_more_than_it_holds(
    cut_short: Spectrum,
) -> None:
    assert not cut_short.converged
    true = np.sum(cut_short.values**2) / np.sum(np.sort(bulk(SIZE, 3.0))[-COUNT:] ** 2)
    assert true < 0.99
    assert cut_short.captured < true + 0.02


def test_a_filter_too_weak_is_followed_by_stronger_ones(cut_short: Spectrum) -> None:
    found = solve_by_filter(
        held(planted(bulk(SIZE, 3.0))),
        COUNT,
        rounds=6,
        effort=Effort(1.15, 1.5, leak=1.0),
    )
    assert found.converged
    assert np.sum(found.values**2) > np.sum(cut_short.values**2)


@pytest.mark.parametrize("tolerance", [1e-2, 2e-3])
def test_the_tolerance_is_what_may_be_missed(tolerance: float) -> None:
    values = bulk(SIZE, 3.0)
    found = solve_by_filter(
        held(planted(values)),
        COUNT,
        tolerance=tolerance,
        rounds=9,
        effort=Effort(1.15, 1.5, leak=1.0),
    )
    true = np.sum(found.values**2) / np.sum(np.sort(values)[-COUNT:] ** 2)
    assert found.converged
    assert 1 - true < 2 * tolerance + found.uncertainty


def test_estimates_do_not_exceed_the_truth_over_some_seeds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    matrix = planted(bulk(SIZE, 3.0))
    best = np.sum(np.linalg.eigvalsh(matrix)[-COUNT:] ** 2)
    for seed in range(4):
        monkeypatch.setattr(chebyshev, "_SEED", seed)
        found = solve_by_filter(
            held(matrix),
            COUNT,
            rounds=1,
            effort=Effort(1.1, 1.5, leak=0.03),
        )
        assert found.captured < np.sum(found.values**2) / best + 4 * found.uncertainty


def test_equal_input_gives_equal_output() -> None:
    first, second = (solve_by_filter(sparse_plus_low_rank(), 20) for _ in range(2))
    assert first.values.tobytes() == second.values.tobytes()
    assert first.vectors.tobytes() == second.vectors.tobytes()
    assert first.captured == second.captured


def test_a_pair_that_is_none_is_not_deflated(monkeypatch: pytest.MonkeyPatch) -> None:
    # What stands for a leading direction, but is not it, would keep it from being found.
    def wrong(product: BlockProduct, number: int, *_: object) -> RitzPairs:
        vectors = np.eye(SIZE, number, dtype=np.float32)
        return RitzPairs(np.full(number, 9.0), vectors, np.full(number, 4.0))

    values = SPECTRA["one and one far above a crowd"]()
    matrix = planted(values)
    monkeypatch.setattr(chebyshev, "end_pairs", wrong)
    found = solve_by_filter(held(matrix), COUNT)
    np.testing.assert_allclose(found.values[:2], [12.0, 3.2], rtol=1e-4)


def test_extra_columns_share_what_leaks() -> None:
    effort = Effort(width=1.5, leak=1e-4)
    assert effort.columns(1_000, 100) == 166
    assert effort.growth(1_000, 100) == pytest.approx((900 / 2 / 66 / 1e-4) ** 0.5)
    assert effort.columns(110, 100) == 110
    assert Effort(leak=1e9).growth(1_000, 100) == 2.0
