"""Products on a device against float64, and the whole search there. The device is the processor:
what differs on a card is where the arrays lie."""

import numpy as np
import pytest
import torch
from scipy.sparse import csr_array, random_array

from labelsphere.linalg import SparsePlusLowRank
from labelsphere.linalg.spectrum import chebyshev, device
from labelsphere.linalg.spectrum.blocks import BlockProduct
from labelsphere.linalg.spectrum.chebyshev import Effort, solve_by_filter
from labelsphere.linalg.spectrum.device import DeviceProduct, whole_products
from labelsphere.linalg.spectrum.filtering import Deflation, Filter

SIZE, COUNT = 400, 40
THOROUGH = Effort(width=1.5, edge=2.0, leak=1e-9)


def sparse() -> csr_array:
    half = random_array((SIZE, SIZE), density=0.03, rng=np.random.default_rng(0), format="csr")
    return csr_array(half + half.T)


def form(name: str) -> tuple[SparsePlusLowRank, np.ndarray]:
    """A matrix, and the same dense."""
    matrix = sparse()
    if name == "sparse":
        return SparsePlusLowRank(matrix), matrix.toarray()
    left = np.random.default_rng(1).standard_normal((SIZE, 2))
    return SparsePlusLowRank(matrix, left, -left), matrix.toarray() - left @ left.T


FORMS = ["sparse", "low rank"]


@pytest.mark.parametrize("name", FORMS)
def test_products_agree_with_float64(name: str) -> None:
    matrix, dense = form(name)
    product = DeviceProduct.of(BlockProduct.of(matrix), "cpu")
    dense = dense[product.order][:, product.order]
    rng = np.random.default_rng(2)
    block, before = rng.standard_normal((2, SIZE, 5)).astype(np.float32)
    np.testing.assert_allclose(product @ block, dense @ block, atol=2e-4)
    expected = 1.5 * (dense @ block - 0.7 * block) - before
    result = product.step(product.moved(block), 1.5, 0.7, product.moved(before.copy()))
    np.testing.assert_allclose(product.fetched(result), expected, atol=3e-4)


@pytest.mark.parametrize("name", FORMS)
def test_the_filter_leaves_the_columns_that_the_processor_finds(name: str) -> None:
    matrix, dense = form(name)
    values, vectors = np.linalg.eigh(dense)
    product = BlockProduct.of(matrix)
    known = Deflation(vectors[product.order, -2:].astype(np.float32), values[-2:])
    found = []
    for where in (product, DeviceProduct.of(product, "cpu")):
        result = np.empty((SIZE, 30), np.float32)
        polynomial = Filter(float(values[0]), float(values[-60]), 6)
        polynomial.apply(where, known, result, np.random.default_rng(0))
        found.append(result)
    np.testing.assert_allclose(found[1], found[0], atol=1e-5)


@pytest.mark.parametrize("name", FORMS)
def test_the_whole_search_on_a_device_agrees_with_lapack(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chebyshev, "_WORTH_A_GPU", 0)
    monkeypatch.setattr(device, "gpu", lambda: "cpu")
    seen = []
    of = DeviceProduct.of
    monkeypatch.setattr(DeviceProduct, "of", lambda *given: seen.append(given) or of(*given))
    matrix, dense = form(name)
    every = np.linalg.eigvalsh(dense)[::-1]
    found = solve_by_filter(matrix, COUNT, effort=THOROUGH)
    assert len(seen) == 1
    assert found.converged
    np.testing.assert_allclose(found.values, every[:COUNT], rtol=2e-3)
    vectors = found.vectors.astype(np.float64)
    np.testing.assert_allclose(vectors.T @ vectors, np.eye(COUNT), atol=2e-5)
    residuals = np.linalg.norm(dense @ vectors - vectors * found.values, axis=0)
    np.testing.assert_allclose(found.residuals, residuals, atol=1e-5 * every[0])


def test_what_does_not_fit_a_card_is_found_by_the_processor(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    expected = solve_by_filter(SparsePlusLowRank(sparse()), COUNT)
    monkeypatch.setattr(chebyshev, "_WORTH_A_GPU", 0)
    monkeypatch.setattr(device, "gpu", lambda: "cuda")

    def full(*_: object) -> DeviceProduct:
        raise torch.OutOfMemoryError("full")

    monkeypatch.setattr(DeviceProduct, "of", full)
    with pytest.warns(UserWarning, match="40 eigenpairs of 400 rows do not fit"):
        found = solve_by_filter(SparsePlusLowRank(sparse()), COUNT)
    np.testing.assert_array_equal(found.vectors, expected.vectors)


def test_small_problems_do_not_ask_for_a_card(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> str:
        raise AssertionError("asked")

    monkeypatch.setattr(device, "gpu", refuse)
    assert solve_by_filter(SparsePlusLowRank(sparse()), COUNT).converged


def test_a_card_is_taken_where_pytorch_has_one() -> None:
    assert device.gpu() == ("cuda" if torch.cuda.is_available() else None)


def test_products_keep_all_digits_and_the_setting_comes_back() -> None:
    before = torch.get_float32_matmul_precision()
    torch.set_float32_matmul_precision("medium")
    try:
        with whole_products():
            assert torch.get_float32_matmul_precision() == "highest"
        assert torch.get_float32_matmul_precision() == "medium"
    finally:
        torch.set_float32_matmul_precision(before)
