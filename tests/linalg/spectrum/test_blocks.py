"""Products of every form of a matrix, against float64."""

import numpy as np
import pytest
import torch
from scipy.sparse import csr_array, random_array

from labelsphere.linalg import SparsePlusLowRank
from labelsphere.linalg.spectrum import blocks
from labelsphere.linalg.spectrum.blocks import BlockProduct, usable_threads


def forms(size: int = 90) -> dict[str, tuple[SparsePlusLowRank, np.ndarray]]:
    """Name, matrix, and the same dense."""
    rng = np.random.default_rng(0)
    half = random_array((size, size), density=0.1, rng=rng, format="csr")
    sparse = csr_array(half + half.T)
    left = rng.standard_normal((size, 2))
    both = SparsePlusLowRank(sparse, left, -left)
    dense = sparse.toarray()
    return {
        "sparse": (SparsePlusLowRank(sparse), dense),
        "low rank": (both, dense - left @ left.T),
    }


@pytest.mark.parametrize("form", ["sparse", "low rank"])
@pytest.mark.parametrize(("threads", "columns"), [(1, 1), (1, 128), (3, 5)])
@pytest.mark.parametrize("panel_rows", [7, 1_536])
def test_products_agree_with_float64(
    form: str, threads: int, columns: int, panel_rows: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blocks, "_PARALLEL_ENTRIES", 10)
    monkeypatch.setattr(blocks, "usable_threads", lambda: threads)
    monkeypatch.setattr(blocks, "_PANEL_ROWS", panel_rows)
    monkeypatch.setattr(blocks, "_PANEL_ENTRIES", 1)
    matrix, dense = forms()[form]
    product = BlockProduct.of(matrix)
    rng = np.random.default_rng(1)
    block = rng.standard_normal((90, columns)).astype(np.float32)
    before = rng.standard_normal((90, columns)).astype(np.float32)
    ordered = dense[product.order][:, product.order]
    np.testing.assert_allclose(product @ block, ordered @ block, atol=1e-4)
    expected = 1.5 * (ordered @ block - 0.7 * block) - before
    result = product.step(block, 1.5, 0.7, before)
    assert result.dtype == np.float32
    np.testing.assert_allclose(result, expected, atol=2e-4)


@pytest.mark.parametrize("size", [0, 4])
def test_a_matrix_without_entries_gives_zeros(size: int) -> None:
    block = np.ones((size, 3), np.float32)
    product = BlockProduct.of(SparsePlusLowRank(csr_array((size, size))))
    np.testing.assert_array_equal(product @ block, np.zeros((size, 3)))


def test_rows_without_entries_are_zero() -> None:
    dense = np.zeros((40, 40))
    dense[3, 7] = dense[7, 3] = 2.0
    product = BlockProduct.of(SparsePlusLowRank(csr_array(dense)))
    block = np.random.default_rng(0).standard_normal((40, 6)).astype(np.float32)
    ordered = dense[product.order][:, product.order]
    np.testing.assert_array_equal(product @ block, (ordered @ block).astype(np.float32))


def test_rows_of_many_entries_come_first() -> None:
    matrix, _ = forms()["sparse"]
    product = BlockProduct.of(matrix)
    entries = np.diff(matrix.sparse.indptr)[product.order]
    assert (np.diff(entries) <= 0).all()
    assert sorted(product.order.tolist()) == list(range(90))


def test_panels_are_wide_enough_and_none_has_too_few_entries(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(blocks, "_PANEL_ROWS", 10)
    monkeypatch.setattr(blocks, "_PANEL_ENTRIES", 3)
    matrix, dense = forms()["sparse"]
    product = BlockProduct.of(matrix)
    assert len(product.panels) > 2
    for panel in product.panels[:-1]:
        assert panel.shape[1] >= 10
        assert panel.nnz >= 3 * 90
    whole = np.hstack([panel.toarray() for panel in product.panels])
    ordered = dense[product.order][:, product.order]
    np.testing.assert_array_equal(whole, ordered.astype(np.float32))


def test_sparse_plus_low_rank_is_never_made_dense(monkeypatch: pytest.MonkeyPatch) -> None:
    matrix, dense = forms()["low rank"]

    def refuse(*_: object) -> None:
        raise AssertionError("made dense")

    monkeypatch.setattr(SparsePlusLowRank, "to_dense", refuse)
    monkeypatch.setattr(csr_array, "toarray", refuse)
    monkeypatch.setattr(csr_array, "todense", refuse)
    product = BlockProduct.of(matrix)
    block = np.eye(90, 3, dtype=np.float32)
    np.testing.assert_allclose(
        product @ block, dense[product.order][:, product.order] @ block, atol=1e-4
    )


def test_threads_of_pytorch_are_as_many_as_before() -> None:
    before = torch.get_num_threads()
    torch.set_num_threads(before + 1)
    try:
        _ = BlockProduct.of(forms()["sparse"][0]) @ np.ones((90, 2), np.float32)
        assert torch.get_num_threads() == before + 1
    finally:
        torch.set_num_threads(before)


@pytest.mark.parametrize(("said", "expected"), [("1", 1), ("", None), ("0", None), ("x", None)])
def test_threads_are_the_cores_or_fewer(
    said: str, expected: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    cores = usable_threads()
    assert cores >= 1
    monkeypatch.setenv("OMP_NUM_THREADS", said)
    assert usable_threads() == (expected or cores)
