"""Class weights from a file (§4.2)."""

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from labelsphere.arrays import DoubleArray
from labelsphere.errors import DataError, UsageError


class ClassWeights(NamedTuple):
    """Weights of some labels.

    Attributes:
        weights: (labels,) float64.
        unknown: Other labels of the file.
    """

    weights: DoubleArray
    unknown: list[str]


def read_class_weights(path: str | Path, labels: Sequence[str]) -> ClassWeights:
    """Read a weight for each label from a CSV of two columns, label and weight.

    Args:
        path: The file, with or without a header ``label,weight``.
        labels: The labels, in the wanted order.

    Raises:
        UsageError: If there is no such file.
        DataError: If a line has no label and weight, a weight is not a finite number of 0 or more,
            or a label is missing or given twice.
    """
    path = Path(path)
    if not path.is_file():
        raise UsageError(f"{path} is not a file; expected class weights, label,weight in each line")
    try:
        rows = list(csv.reader(path.read_text(encoding="utf-8-sig").splitlines()))
    except UnicodeDecodeError as error:
        raise DataError(f"{path} is not in UTF-8; save it again") from error
    found: dict[str, float] = {}
    for number, row in enumerate(rows, start=1):
        if not row or (number == 1 and [cell.strip().lower() for cell in row][1:] == ["weight"]):
            continue
        label, weight = _entry(path, number, row)
        if label in found:
            raise DataError(f"{path} line {number}: label {label!r} is given twice")
        found[label] = weight
    missing = [label for label in labels if label not in found]
    if missing:
        raise DataError(
            f"{path} has no weight for {len(missing):,} of {len(labels):,} labels, such as "
            f"{missing[0]!r}; give one for each, 0 for those that do not matter"
        )
    known = set(labels)
    return ClassWeights(
        np.array([found[label] for label in labels], np.float64),
        [label for label in found if label not in known],
    )


def _entry(path: Path, number: int, row: list[str]) -> tuple[str, float]:
    try:
        label, text = row
        weight = float(text)
    except ValueError:
        weight = np.nan
    if not (np.isfinite(weight) and weight >= 0):
        raise DataError(
            f"{path} line {number}: expected a label and a number of 0 or more, "
            f"but got {','.join(row)!r}"
        )
    return label.strip(), weight
