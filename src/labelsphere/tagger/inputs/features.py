"""Feature vectors as inputs, such as outputs of a frozen network."""

from collections.abc import Mapping
from copy import copy
from pathlib import Path
from typing import Any

import numpy as np
import torch
from scipy.sparse import csr_array, issparse

from labelsphere.arrays import BoolArray, DoubleArray, IntArray
from labelsphere.errors import DataError, UsageError
from labelsphere.json_types import Json
from labelsphere.tagger.inputs.feature_files import read_matrix
from labelsphere.tagger.inputs.protocol import Progress
from labelsphere.tagger.inputs.standardisation import learn_standardisation

_ROWS_A_BLOCK = 4096


class FeatureInputs:
    """Feature vectors for a network, standardised by column.

    Sparse rows are converted to dense batch by batch. A dense row that is all NaN stands for a
    picture that could not be read, and is not `usable`.

    Args:
        matrix: Numbers, (n, width), a dense array or memory map, or a SciPy sparse matrix.
        mean: Value subtracted from each column, (width,); 0 if None.
        scale: Divisor of each column after that, (width,), above 0; 1 if None.

    Raises:
        DataError: If ``matrix`` is not a matrix of numbers that are finite in float32, or ``mean``
            or ``scale`` has another width.
    """

    def __init__(
        self, matrix: Any, *, mean: DoubleArray | None = None, scale: DoubleArray | None = None
    ) -> None:
        sparse: bool = issparse(matrix)
        self.matrix: Any = csr_array(matrix) if sparse else np.asanyarray(matrix)
        self._missing = _check_numbers(self.matrix)
        width = self.matrix.shape[1]
        self._mean = np.zeros(width) if mean is None else np.asarray(mean, np.float64)
        self._scale = np.ones(width) if scale is None else np.asarray(scale, np.float64)
        if self._mean.shape != (width,) or self._scale.shape != (width,):
            raise DataError(
                f"expected features of width {len(self._mean)}, but got width {width}: "
                "give features that were computed in the same way"
            )

    @classmethod
    def from_settings(cls, matrix: Any, settings: Mapping[str, Any]) -> "FeatureInputs":
        """Prepare new feature vectors with saved settings.

        Args:
            matrix: The new vectors, (n, width).
            settings: Settings from `settings`.

        Raises:
            DataError: If the settings are not those of features, or have another width.
        """
        if settings.get("kind") != "features":
            given = settings.get("kind")
            raise DataError(f"expected settings of features, but got those of {given}")
        return cls(matrix, mean=np.array(settings["mean"]), scale=np.array(settings["scale"]))

    def fitted(self, rows: IntArray) -> "FeatureInputs":
        """Return the same vectors, standardised by the statistics of these rows.

        Args:
            rows: Training rows, (b,).

        Returns:
            Dense columns with mean 0 and standard deviation 1 over ``rows``, sparse ones
            uncentred with a largest magnitude of 1.

        Raises:
            UsageError: If there are no rows.
        """
        if not len(rows):
            raise UsageError("there are no rows to standardise by; expected at least one")
        other = copy(self)  # __init__ would check the numbers again
        chosen = np.asarray(rows, np.int64)
        other._mean, other._scale = learn_standardisation(self.matrix, chosen)
        return other

    @property
    def mean(self) -> DoubleArray:
        """Value subtracted from each column, (width,) float64."""
        return self._mean

    @property
    def scale(self) -> DoubleArray:
        """Divisor of each column after that, (width,) float64."""
        return self._scale

    def __len__(self) -> int:
        return int(self.matrix.shape[0])

    @property
    def sample_shape(self) -> tuple[int, ...]:
        """(width,)."""
        return (int(self.matrix.shape[1]),)

    def batch(self, rows: IntArray, *, training: bool, seed: int = 0) -> torch.Tensor:  # noqa: ARG002 - no augmentation
        """Return vectors, float32 (b, width), equal in training and evaluation.

        Raises:
            DataError: If a vector is missing.
        """
        if self._missing[rows].any():
            row = int(np.asarray(rows)[self._missing[rows]][0])
            raise DataError(f"row {row} of the features is missing (NaN): leave it out")
        chosen = self.matrix[rows]
        values = (chosen.toarray() if isinstance(chosen, csr_array) else chosen).astype(np.float64)
        return torch.from_numpy(((values - self._mean) / self._scale).astype(np.float32))

    def usable(
        self, rows: IntArray | None = None, *, progress: Progress | None = None
    ) -> BoolArray:
        """Find the rows that are not all NaN."""
        chosen: BoolArray = ~(self._missing if rows is None else self._missing[rows])
        if progress:
            progress(len(chosen), len(chosen))
        return chosen

    def settings(self) -> dict[str, Json]:
        """Return mean and scale of each column, to prepare new vectors in the same way."""
        return {"kind": "features", "mean": self._mean.tolist(), "scale": self._scale.tolist()}


def read_features(path: str | Path, column: str | None = None) -> FeatureInputs:
    """Read feature vectors from a file, one per row of the annotations.

    Args:
        path: ``.npy``, ``.npz`` as ``scipy.sparse.save_npz`` writes it, or ``.parquet``.
        column: The Parquet column of lists or arrays; optional if there is only one.

    Returns:
        The vectors, not standardised; see `FeatureInputs.fitted`.

    Raises:
        UsageError: If there is no such file or column, or the ending is unknown.
        DataError: If the file holds no feature vectors, or numbers that are not finite.
    """
    matrix = read_matrix(path, column)
    try:
        return FeatureInputs(matrix)
    except DataError as error:
        raise DataError(f"{path}: {error}") from error


def _check_numbers(matrix: Any) -> BoolArray:
    """Find the rows that are all NaN, (n,).

    Raises:
        DataError: If the matrix is not one of numbers, or other numbers are not finite.
    """
    if matrix.ndim != 2 or matrix.dtype.kind not in "biuf":
        raise DataError(
            "features must be a matrix of numbers, one row per sample, but got "
            f"{matrix.dtype} of shape {matrix.shape}"
        )
    if not matrix.shape[1]:
        raise DataError(f"features must have at least one column, but got shape {matrix.shape}")
    sparse = isinstance(matrix, csr_array)
    values = matrix.data if sparse else matrix
    missing = np.zeros(matrix.shape[0], np.bool_)
    for start in range(0, len(values), _ROWS_A_BLOCK):
        with np.errstate(over="ignore"):
            block = values[start : start + _ROWS_A_BLOCK].astype(np.float32)
        finite = np.isfinite(block)
        if not sparse and not finite.all():
            # In a single column, NaN could be a wrong number or a missing picture.
            empty = np.isnan(block).all(axis=1) & (block.shape[1] > 1)
            missing[start : start + _ROWS_A_BLOCK] = empty
            finite |= empty[:, None]
        if not finite.all():
            location = (
                ""
                if sparse
                else f" in row {start + int(np.argwhere(~finite)[0, 0])} (the first is 0)"
            )
            raise DataError(
                f"features must be finite in float32, but there is NaN, infinity or a number "
                f"beyond 3.4e38{location}: correct such rows, or remove them with their tags"
            )
    return missing
