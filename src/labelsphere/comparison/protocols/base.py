"""The images and tags that methods are trained and evaluated on."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from labelsphere.annotations import Annotations
from labelsphere.arrays import IntArray, SparseRows
from labelsphere.errors import DataError


@dataclass(frozen=True)
class Protocol:
    """The images of a comparison.

    Attributes:
        tags: The whole table with all its tags; row numbers refer to it, and validation and test
            images are judged by it.
        learned: The tags that methods are trained on, CSR, rows of the table × labels. Those of
            the table where a protocol hides none.
        train: Rows to train on, int64.
        val: Rows to choose learning rates and decoders on; one of each group.
        test: Rows to report on; one of each group.
        calibration: Annotations that label spaces and priors are computed from; one image of each
            group.
        counted: Annotations whose counts weigh the classes in a metric and sort them into
            frequency buckets: all tags of all training images, one of each group, so that metrics
            of different protocols on one table mean the same.
        notes: How the rows and tags were chosen, for the report.
        dropped: Number of images left out, by reason.
    """

    tags: Annotations
    learned: SparseRows
    train: IntArray
    val: IntArray
    test: IntArray
    calibration: Annotations
    counted: Annotations
    notes: tuple[str, ...] = ()
    dropped: Mapping[str, int] = field(default_factory=dict)


def group_numbers(tags: Annotations, group: str | None) -> IntArray:
    """Number of the group of each image, int64; each image is its own where there are none."""
    if group is None:
        return np.arange(tags.n_images, dtype=np.int64)
    return tags.groups(group)


def drawn_groups(rows: IntArray, groups: IntArray, share: float, seed: int) -> IntArray:
    """Numbers of so large a share of the groups of some rows, drawn at random; at least one.

    Raises:
        DataError: If there are not two groups to draw from.
    """
    distinct = np.unique(groups[rows])
    if len(distinct) < 2:
        raise DataError(
            f"{len(rows)} images in {len(distinct)} groups are too few to hold some back; expected "
            "two groups or more, or a column that names the sets"
        )
    random = np.random.default_rng(seed)
    drawn: IntArray = random.permutation(distinct)[: max(1, round(share * len(distinct)))]
    return drawn
