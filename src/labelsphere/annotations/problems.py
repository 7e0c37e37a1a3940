"""Detection of problems in annotations."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
import polars as pl

from labelsphere.annotations.picture_check import MISSING_PICTURE, picture_faults
from labelsphere.annotations.report import number_of
from labelsphere.annotations.spelling import Likeness, similar_spellings
from labelsphere.annotations.table import Annotations

_EXAMPLES = 10


@dataclass(frozen=True)
class Problem:
    """One kind of problem.

    Attributes:
        kind: Name of the kind, such as ``"missing_image"``.
        count: Number of images, labels or pairs.
        message: One sentence about the problem and its effect.
        examples: The first few, up to the requested number.
    """

    kind: str
    count: int
    message: str
    examples: list[str]


def find_problems(
    annotations: Annotations,
    check_pictures: bool = True,
    *,
    examples: int | None = _EXAMPLES,
    progress: Callable[[int, int], None] | None = None,
) -> list[Problem]:
    """Find problems in annotations.

    Args:
        annotations: The annotations.
        check_pictures: Whether to open every picture.
        examples: Largest number of examples per problem; None for all.
        progress: Called with the number of checked pictures, and of all.

    Returns:
        The problems: unreadable and missing images, images without tags, repeated image ids, labels
        on one image or none, and labels that may be spellings of one label.
    """
    found = _image_problems(annotations, check_pictures, progress)
    found += _table_problems(annotations)
    found += _spelling_problems(annotations)
    return [
        Problem(kind, len(items), message, list(items[:examples]))
        for kind, message, items in found
        if len(items)
    ]


_Found = list[tuple[str, str, Sequence[str]]]


def _image_problems(
    annotations: Annotations, check: bool, progress: Callable[[int, int], None] | None
) -> _Found:
    pictures = annotations.pictures
    if pictures is None or not check:
        return []
    faults = picture_faults(pictures, progress)
    missing = [pictures.name(row) for row, fault in faults.items() if fault == MISSING_PICTURE]
    unreadable = [
        f"{pictures.name(row)}: {fault}"
        for row, fault in faults.items()
        if fault != MISSING_PICTURE
    ]
    return [
        (
            "missing_image",
            f"{number_of(len(missing), 'image')} missing; training leaves them out",
            missing,
        ),
        (
            "unreadable_image",
            f"{number_of(len(unreadable), 'image')} cannot be opened; training leaves them out",
            unreadable,
        ),
    ]


def _table_problems(annotations: Annotations) -> _Found:
    ids, names = annotations.image_ids, annotations.vocabulary.names
    counts = annotations.label_counts()
    empty = np.flatnonzero(np.diff(annotations.matrix.indptr) == 0)
    untagged = [ids[row] for row in empty.tolist()]
    repeated = pl.Series(ids, dtype=pl.String).value_counts(sort=True).filter(pl.col("count") > 1)
    once = [names[number] for number in np.flatnonzero(counts == 1)]
    unused = [names[number] for number in np.flatnonzero(counts == 0)]
    return [
        (
            "untagged_image",
            f"{number_of(len(untagged), 'image')} without tags; training leaves them out",
            untagged,
        ),
        (
            "repeated_image_id",
            f"{number_of(repeated.height, 'image id')} given to several rows; if each row is one "
            "tag, give the argument `separator` '', so that cells are not split",
            [f"{name} ({count} rows)" for name, count in repeated.rows()],
        ),
        (
            "single_use_label",
            f"{number_of(len(once), 'label')} on one image only; a minimum count leaves them out",
            once,
        ),
        (
            "unused_label",
            f"{number_of(len(unused), 'label')} of the vocabulary on no image",
            unused,
        ),
    ]


_LIKENESSES: dict[Likeness, tuple[str, str]] = {
    "same letters": ("spelling_same_letters", "differ only in case, accents, hyphens or blanks"),
    "plural": ("spelling_plural", "look like singular and plural"),
    "one letter": ("spelling_one_letter", "differ in one letter"),
}


def _spelling_problems(annotations: Annotations) -> _Found:
    pairs = similar_spellings(annotations.vocabulary.names, annotations.label_counts())
    found: _Found = []
    for likeness, group in groupby(pairs, key=lambda pair: pair.likeness):
        shown = [
            f"{pair.label} ({pair.label_count}) ~ {pair.other} ({pair.other_count})"
            for pair in group
        ]
        kind, difference = _LIKENESSES[likeness]
        message = f"{number_of(len(shown), 'pair')} of labels that {difference}"
        found.append((kind, message, shown))
    return found
