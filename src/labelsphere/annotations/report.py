"""What a reader left out or mended, counted so that it can be told."""

from dataclasses import dataclass, field


@dataclass
class ReadReport:
    """Counts of what reading and filtering dropped.

    Attributes:
        rows: Rows read from the source.
        duplicate_tags: Tags given more than once to one image, counted once each.
        unknown_tags: Tags outside the given vocabulary, with how often each was met.
        low_confidence: Tags dropped for a confidence below the threshold.
        rare_labels: Labels dropped for too few images.
        notes: Anything else worth telling, a sentence each.
    """

    rows: int = 0
    duplicate_tags: int = 0
    unknown_tags: dict[str, int] = field(default_factory=dict)
    low_confidence: int = 0
    rare_labels: int = 0
    notes: list[str] = field(default_factory=list)
