"""Noisy (§4.1): a small clean calibration set, many noisy annotations, a clean test set."""

from dataclasses import replace

import numpy as np
from scipy.sparse import csr_array, vstack

from labelsphere.annotations import Annotations, first_of_groups
from labelsphere.arrays import IntArray, SparseRows
from labelsphere.comparison.protocols.base import Protocol, drawn_groups, group_numbers
from labelsphere.comparison.protocols.full import full
from labelsphere.comparison.protocols.noise import Noise, noisy_tags
from labelsphere.errors import UsageError

LOST = (0.8, 0.9)
"""Least and largest share of its tags that a noisy image loses."""

WRONG = 0.05
"""Wrong tags added, as a share of the image's original tags: a quarter of the tags left."""


def noisy(
    tags: Annotations,
    *,
    split: str = "split",
    group: str | None = None,
    clean: float = 0.2,
    seed: int = 0,
) -> Protocol:
    """The paper's setting, from any well-annotated table.

    A share of the training images keeps its tags; label spaces and priors are computed from them
    alone. Every other training image loses 80 to 90 % of its tags and gets a few wrong ones drawn
    by frequency (`noisy_tags`). Methods are trained on all of them. Validation and test images
    keep all their tags and are those of `full`.

    Args:
        tags: As in `full`.
        split: Name of the column that names the sets.
        group: Column whose equal values mark variants of one image: a group is clean or noisy as
            a whole, and loses and gets the same tags in all its images.
        clean: Share of the training images, or groups, that keep their tags.
        seed: Of every draw; besides it, they depend on the table alone.

    Raises:
        UsageError: If ``clean`` or ``seed`` is out of range, or as in `full`.
        DataError: If there are too few images to draw from.
    """
    if not 0 < clean < 1:
        raise UsageError(f"clean must be between 0 and 1, but got {clean:g}")
    if seed < 0:
        raise UsageError(f"seed must be 0 or more, but got {seed}")
    whole = full(tags, split=split, group=group)
    groups = group_numbers(tags, group)
    kept = np.isin(groups[whole.train], drawn_groups(whole.train, groups, clean, seed))
    calibration, rest = whole.train[kept], whole.train[~kept]
    noise = noisy_tags(
        tags.matrix[rest],
        groups[rest],
        whole.counted.label_counts(),
        lost=LOST,
        wrong=WRONG,
        seed=seed,
    )
    return replace(
        whole,
        learned=_replaced(tags.matrix, rest, noise.matrix),
        calibration=tags.select(first_of_groups(calibration, groups)),
        notes=(*whole.notes, _note(noise, whole, calibration, groups)),
    )


def _replaced(matrix: SparseRows, rows: IntArray, by: SparseRows) -> SparseRows:
    """A matrix some of whose rows are those of another."""
    order = np.arange(matrix.shape[0])
    order[rows] = matrix.shape[0] + np.arange(len(rows))
    return csr_array(vstack([matrix, by], format="csr")[order])


def _note(noise: Noise, whole: Protocol, calibration: IntArray, groups: IntArray) -> str:
    n_clean = len(np.unique(groups[calibration]))
    return (
        f"{n_clean:,} of {whole.counted.n_images:,} training images keep their tags; label spaces "
        "and priors are computed from these. The others keep "
        f"{noise.kept:,} of {noise.given:,} tags ({noise.kept / max(1, noise.given):.1%}) and get "
        f"{noise.wrong:,} wrong ones. Methods are trained on all images that have a tag left."
    )
