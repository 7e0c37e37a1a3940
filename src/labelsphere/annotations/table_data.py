"""Data of annotations, shared by readers and writers."""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from labelsphere.annotations.pictures import Pictures
from labelsphere.annotations.report import ReadReport
from labelsphere.annotations.table_form import TableForm
from labelsphere.annotations.vocabulary import Vocabulary
from labelsphere.arrays import SparseRows


@dataclass(frozen=True)
class TableData:
    """Images × labels, with further columns and pictures.

    The attributes are those of `labelsphere.annotations.Annotations`.
    """

    image_ids: Sequence[str]
    vocabulary: Vocabulary
    matrix: SparseRows
    columns: pl.DataFrame
    pictures: Pictures | None
    report: ReadReport
    absent: SparseRows | None
    form: TableForm | None

    @property
    def n_images(self) -> int:
        """Number of images."""
        return len(self.image_ids)

    def tags_of(self, row: int) -> list[str]:
        """Return the tags of one image, in the vocabulary's order."""
        return tags_of(self.matrix, self.vocabulary, row)


def tags_of(matrix: SparseRows, vocabulary: Vocabulary, row: int) -> list[str]:
    """Return the names of the labels of one row, in the vocabulary's order."""
    start, stop = matrix.indptr[row : row + 2]
    return [vocabulary[number] for number in matrix.indices[start:stop]]


def absent_tags(annotations: TableData, row: int) -> list[str]:
    """Return the tags that one image is known to lack, in the vocabulary's order."""
    if annotations.absent is None:
        return []
    return tags_of(annotations.absent, annotations.vocabulary, row)
