"""The solvers' interface to a matrix: products with blocks of columns, on any device."""

from typing import Any, Protocol

from labelsphere.arrays import FloatArray, IntArray


class Product(Protocol):
    """A symmetric N × N matrix as products with blocks of float32 columns.

    Two forms: `BlockProduct` for the CPU, `DeviceProduct` for a GPU.
    """

    @property
    def order(self) -> IntArray:
        """(N,) row i of a block belongs to row ``order[i]`` of the matrix."""

    @property
    def size(self) -> int:
        """N, the number of rows."""

    def __matmul__(self, block: FloatArray, /) -> FloatArray:
        """Product with N × columns, float32, C-contiguous; a new array in main memory."""

    def moved(self, array: FloatArray, /) -> Any:
        """An array as `step` takes it, where the matrix is kept."""

    def fetched(self, block: Any, /) -> FloatArray:
        """Copy a result of `moved` or `step` to main memory."""

    def step(self, block: Any, factor: float, shift: float, before: Any | None = None, /) -> Any:
        """``factor · (A·block − shift · block) − before``; ``before`` may be overwritten."""
