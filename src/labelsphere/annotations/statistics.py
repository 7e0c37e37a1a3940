"""Statistics of a table: numbers of images and labels, and density (Table 1, §4.1)."""

from dataclasses import dataclass

import numpy as np

from labelsphere.annotations.table import Annotations


@dataclass(frozen=True)
class Statistics:
    """Statistics of the paper's Table 1, over images with a tag and labels with an image.

    Attributes:
        images: Images with at least one tag; the paper's sets C_d are not empty (§3).
        labels: Labels on at least one image: the classes.
        annotations: (image, label) pairs.
        labels_per_image: Mean number of labels of the ``images``; 0 if there are none.
        median_occurrences: Median, over the ``labels``, of the number of images; 0 if there are
            none.
        untagged_images: Images without a tag.
        unused_labels: Labels of the vocabulary on no image.
    """

    images: int
    labels: int
    annotations: int
    labels_per_image: float
    median_occurrences: float
    untagged_images: int
    unused_labels: int


def table_statistics(annotations: Annotations) -> Statistics:
    """Compute the statistics of Table 1.

    Examples:
        >>> tags = Annotations.from_lists([["sky", "beach"], ["sky"], []])
        >>> found = table_statistics(tags)
        >>> found.images, found.labels_per_image, found.median_occurrences
        (2, 1.5, 1.5)
    """
    counts = annotations.label_counts()
    used = counts[counts > 0]
    tagged = int(np.count_nonzero(np.diff(annotations.matrix.indptr)))
    pairs = int(annotations.matrix.nnz)
    return Statistics(
        images=tagged,
        labels=len(used),
        annotations=pairs,
        labels_per_image=pairs / tagged if tagged else 0.0,
        median_occurrences=float(np.median(used)) if len(used) else 0.0,
        untagged_images=annotations.n_images - tagged,
        unused_labels=annotations.n_labels - len(used),
    )
