"""Tag of a sidecar."""

from dataclasses import dataclass


@dataclass(frozen=True)
class SidecarTag:
    """A tag to write beside a picture.

    Attributes:
        name: The label.
        probability: Calibrated probability between 0 and 1, or the raw score of a tagger that is
            not calibrated; None if unknown.
        parents: Names of its parents, from the root down, if the labels form a hierarchy.
    """

    name: str
    probability: float | None = None
    parents: tuple[str, ...] = ()
