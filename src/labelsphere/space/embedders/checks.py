"""Checks that embedders share: dimensions, seeds, tags without any usable label."""

from labelsphere.annotations import Annotations
from labelsphere.arrays import DoubleArray, SparseRows
from labelsphere.errors import DataError, UsageError
from labelsphere.space.counts import Counts
from labelsphere.space.presence import presence_rows


class TooManyDimensionsError(UsageError):
    """More dimensions are asked for than the tags have.

    Args:
        largest: As many as there are.
        what: What there are so many of, for the message.
        dim: As many as were asked for.
    """

    def __init__(self, largest: int, what: str, dim: int) -> None:
        super().__init__(f"dim must be at most {largest}, {what}, but got {dim}")
        self.largest = largest


def check_dim(dim: int | None) -> None:
    """Refuse a number of dimensions below 1.

    Raises:
        UsageError: If it is.
    """
    if dim is not None and dim < 1:
        raise UsageError(f"dim must be at least 1, but got {dim}")


def check_at_least(name: str, value: float, least: float) -> None:
    """Refuse an option that is too small, or no number.

    Raises:
        UsageError: If it is.
    """
    if not value >= least:
        raise UsageError(f"{name} must be at least {least:g}, but got {value:g}")


def occurrences(tags: Annotations | Counts) -> DoubleArray:
    """Number of images of each label, (labels,) float64."""
    if isinstance(tags, Counts):
        return tags.occurrences
    return tags.label_counts().astype("float64")


def tag_sets(tags: Annotations | Counts, method: str, why: str) -> SparseRows:
    """Labels of each image: CSR, images × labels, float64 ones, sorted.

    Args:
        tags: Annotations; counts are refused.
        method: Who needs them.
        why: What counts lack, and what to do about it.

    Raises:
        UsageError: If counts are given.
    """
    if isinstance(tags, Counts):
        raise UsageError(f"method {method!r} needs annotations, but got counts: {why}")
    return presence_rows(tags.matrix)


def none_placed(labels: int, method: str, why: str) -> DataError:
    """The error for tags of which no label can be placed."""
    return DataError(f"none of the {labels} labels can be placed by {method!r}: {why}")
