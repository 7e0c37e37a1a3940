"""The products of a large matrix on a GPU. Loading this module loads PyTorch."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from scipy.sparse import hstack

from labelsphere.arrays import FloatArray, IntArray
from labelsphere.linalg.spectrum.blocks import BlockProduct

OutOfMemoryError = torch.OutOfMemoryError


def gpu() -> str | None:
    """The GPU's name to PyTorch, or None. ``CUDA_VISIBLE_DEVICES=`` hides it."""
    return "cuda" if torch.cuda.is_available() else None


@dataclass(frozen=True, eq=False)
class DeviceProduct:
    """A symmetric matrix as products with blocks of float32 columns on one device of PyTorch's.

    Attributes:
        order: (N,) int64: row i of a block belongs to row ``order[i]`` of the matrix.
        matrix: N × N float32, CSR, on the device.
        left: N × rank float32, or None.
        right: N × rank float32, or None.
    """

    order: IntArray
    matrix: torch.Tensor
    left: torch.Tensor | None
    right: torch.Tensor | None

    @classmethod
    def of(cls, product: BlockProduct, device: str) -> "DeviceProduct":
        """The same products on a device.

        Args:
            product: As they are taken by the processor.
            device: Of PyTorch's, ``"cuda"`` for one.

        Raises:
            torch.OutOfMemoryError: If they are larger than the device's memory.
        """
        rows = hstack(product.panels, format="csr")
        with warnings.catch_warnings():
            # PyTorch calls all of its sparse rows new, and some releases say that they are not
            # checked, which is asked for below.
            warnings.filterwarnings("ignore", "Sparse CSR tensor support", UserWarning)
            warnings.filterwarnings("ignore", "Sparse invariant checks", UserWarning)
            matrix = torch.sparse_csr_tensor(
                torch.from_numpy(rows.indptr),
                torch.from_numpy(rows.indices),
                torch.from_numpy(rows.data),
                rows.shape,
                check_invariants=False,
            )
        left, right = (
            None if part is None else torch.from_numpy(part).to(device)
            for part in (product.left, product.right)
        )
        return cls(product.order, matrix.to(device), left, right)

    @property
    def size(self) -> int:
        """N, the number of rows."""
        return len(self.order)

    def __matmul__(self, block: FloatArray) -> FloatArray:
        """Product with N × columns, float32; a new array in main memory."""
        return self.fetched(self.step(self.moved(block), 1.0, 0.0))

    def moved(self, array: FloatArray) -> torch.Tensor:
        """An array on the device; where that is the processor, the array itself."""
        return torch.from_numpy(array).to(self.matrix.device)

    def fetched(self, block: torch.Tensor) -> FloatArray:
        """A tensor of the device in main memory."""
        array: FloatArray = block.cpu().numpy()
        return array

    def step(
        self, block: torch.Tensor, factor: float, shift: float, before: torch.Tensor | None = None
    ) -> torch.Tensor:
        """``factor · (A·block − shift · block) − before``: one step of a recurrence.

        Args:
            block: N × columns float32, on the device.
            factor: What to multiply with.
            shift: What to subtract from the diagonal.
            before: N × columns float32, on the device. None: nothing is subtracted.

        Returns:
            N × columns float32, on the device.
        """
        image = self.matrix @ block
        if self.left is not None and self.right is not None:
            image += self.left @ (self.right.T @ block)
        image.sub_(block, alpha=shift).mul_(factor)
        return image if before is None else image.sub_(before)


@contextmanager
def whole_products() -> Iterator[None]:
    """Keep all digits of float32 in products, whatever the process has allowed its networks."""
    allowed = torch.get_float32_matmul_precision()
    torch.set_float32_matmul_precision("highest")
    try:
        yield
    finally:
        torch.set_float32_matmul_precision(allowed)
