"""Few: few training images, tag sets of all."""

from dataclasses import replace

import numpy as np

from labelsphere.annotations import Annotations
from labelsphere.comparison.protocols.base import Protocol, drawn_groups, group_numbers
from labelsphere.comparison.protocols.full import full
from labelsphere.errors import UsageError


def few(
    tags: Annotations,
    *,
    split: str = "split",
    group: str | None = None,
    share: float = 0.1,
    seed: int = 0,
) -> Protocol:
    """Trained on a share of the training images; spaces and priors from the tag sets of all.

    Tags without pictures are what an archive or a shop has most of. Validation and test sets are
    those of `full`. The draw depends on nothing but the table's groups, share and seed; with one
    seed, a larger share contains a smaller one.

    Args:
        tags: As in `full`.
        split: Name of the column that names the sets.
        group: Column whose equal values mark variants of one image; whole groups are drawn.
        share: Share of the training images, or groups, to train on.
        seed: Of the draw.

    Raises:
        UsageError: If ``share`` is out of range, or as in `full`.
        DataError: If there are too few images to draw from.
    """
    if not 0 < share <= 1:
        raise UsageError(f"share must be above 0, up to 1, but got {share:g}")
    if seed < 0:
        raise UsageError(f"seed must be 0 or more, but got {seed}")
    whole = full(tags, split=split, group=group)
    groups = group_numbers(tags, group)
    drawn = drawn_groups(whole.train, groups, share, seed)
    things = "images" if group is None else "groups"
    note = (
        f"Methods are trained on {len(drawn):,} of {whole.counted.n_images:,} training {things} "
        f"({share:.3g} of them, drawn at random); label spaces and priors are computed from the "
        "tag sets of all of them."
    )
    return replace(
        whole,
        train=whole.train[np.isin(groups[whole.train], drawn)],
        notes=(*whole.notes, note),
    )
