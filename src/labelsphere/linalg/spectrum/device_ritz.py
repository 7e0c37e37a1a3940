"""The best eigenpairs that a space of many columns holds, found on a GPU."""

import torch

from labelsphere.arrays import FloatArray
from labelsphere.linalg.spectrum.device import DeviceProduct
from labelsphere.linalg.spectrum.ritz import LEAST, RitzPairs, measured, ritz_pairs

_ROWS = 4_096
_SLAB = 512


def device_ritz_pairs(product: DeviceProduct, basis: FloatArray, count: int) -> RitzPairs:
    """Compute `ritz_pairs` on a device, by the same steps in the same precisions.

    Columns that depend on each other are left to `ritz_pairs`; residuals are measured by it too.

    Args:
        product: The matrix.
        basis: N × columns float32, of length 1 or 0; may be overwritten.
        count: How many pairs.
    """
    columns = product.moved(basis)
    factor = _factor(columns)
    if factor is None:
        return ritz_pairs(product, basis, count)
    columns = torch.linalg.solve_triangular(factor, columns, upper=True, left=False)
    slabs = [columns[:, a : a + _SLAB].contiguous() for a in range(0, columns.shape[1], _SLAB)]
    small = torch.hstack([columns.T @ product.step(slab, 1.0, 0.0) for slab in slabs])
    small = torch.triu(small) + torch.triu(small, 1).T
    # What rounding left of the inner products is taken into account.
    factor = torch.linalg.cholesky((columns.T @ columns).double(), upper=True).float()
    small = torch.linalg.solve_triangular(factor.T, small, upper=False)
    small = torch.linalg.solve_triangular(factor, small, upper=True, left=False)
    values, turn = torch.linalg.eigh(small)
    turn = torch.linalg.solve_triangular(factor, turn.flip(1)[:, :count], upper=True)
    vectors = product.fetched(columns @ turn)
    return measured(product, vectors, values.flip(0)[:count].double().cpu().numpy())


def _factor(columns: torch.Tensor) -> torch.Tensor | None:
    """Cholesky's upper factor of the columns' inner products, which are summed in float64.

    None where columns depend on each other.
    """
    gram = torch.zeros((columns.shape[1],) * 2, dtype=torch.float64, device=columns.device)
    for start in range(0, len(columns), _ROWS):
        double = columns[start : start + _ROWS].double()
        gram += double.T @ double
    factor, failed = torch.linalg.cholesky_ex(gram, upper=True)
    if failed or gram.diagonal().min() < 0.5 or factor.diagonal().min() ** 2 < LEAST:
        return None
    single: torch.Tensor = factor.float()
    return single
