"""Measures of association between labels: one a file, chosen by name (§3.1)."""

import inspect
from collections.abc import Callable, Mapping
from typing import Any

from labelsphere.errors import DataError, UsageError
from labelsphere.json_types import Json
from labelsphere.linalg import SparsePlusLowRank
from labelsphere.space.association.npmi import positive_npmi
from labelsphere.space.association.pmi import positive_pmi
from labelsphere.space.association.shifted import shifted_pmi
from labelsphere.space.association.smoothed import smoothed_pmi
from labelsphere.space.counts import Counts

__all__ = ["MEASURES", "associate", "complete_options"]

MEASURES: dict[str, Callable[..., SparsePlusLowRank]] = {
    "pmi": positive_pmi,
    "shifted": shifted_pmi,
    "smoothed": smoothed_pmi,
    "npmi": positive_npmi,
}


def associate(counts: Counts, measure: str = "pmi", **options: Any) -> SparsePlusLowRank:
    """The matrix of association between labels.

    Args:
        counts: Co-occurrence counts of N labels.
        measure: ``"pmi"``, ``"shifted"``, ``"smoothed"`` or ``"npmi"``.
        **options: The measure's own: ``shift`` for shifted, ``smoothing`` for smoothed.

    Returns:
        Symmetric N × N matrix, float64, finite everywhere. Labels never seen have zero rows.

    Raises:
        UsageError: If there is no such measure or option, or an option is out of range.
        DataError: If no image was counted.

    Examples:
        >>> from labelsphere.annotations import Annotations
        >>> from labelsphere.space import count_cooccurrence
        >>> tags = Annotations.from_lists([["a", "b"], ["a", "b"], ["a"], ["c"]])
        >>> associate(count_cooccurrence(tags)).to_dense().round(3)
        array([[0.288, 0.288, 0.   ],
               [0.288, 0.693, 0.   ],
               [0.   , 0.   , 1.386]])
    """
    options = complete_options(measure, options)
    if not counts.n_images:
        raise DataError("no images were counted; association needs at least one tagged image")
    return MEASURES[measure](counts, **options)


def complete_options(measure: str, options: Mapping[str, Json]) -> dict[str, Json]:
    """The options of a measure with its defaults filled in.

    Raises:
        UsageError: If there is no such measure or option.
    """
    if measure not in MEASURES:
        raise UsageError(f"measure must be one of {', '.join(MEASURES)}, but got {measure!r}")
    parameters = list(inspect.signature(MEASURES[measure]).parameters.values())[1:]
    defaults = {parameter.name: parameter.default for parameter in parameters}
    for name in options:
        if name not in defaults:
            there = ", ".join(defaults) or "none"
            raise UsageError(f"{measure!r} has no option {name!r}; its options: {there}")
    return {**defaults, **options}
