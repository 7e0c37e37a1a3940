"""What a reader left out or mended, counted so that it can be told."""

from dataclasses import dataclass, field

EXAMPLES = 5


@dataclass
class ReadReport:
    """Counts of what reading and filtering dropped.

    Attributes:
        rows: Rows read from the source.
        duplicate_tags: Tags given more than once to one image, counted once each.
        unknown_tags: Tags outside the given vocabulary, with the number of images of each.
        absent_tags: Tags given with confidence 0: known to be absent.
        low_confidence: Tags dropped for a confidence below the threshold.
        rare_labels: Labels dropped for too few images.
        notes: Anything else worth telling, a sentence each.
    """

    rows: int = 0
    duplicate_tags: int = 0
    unknown_tags: dict[str, int] = field(default_factory=dict)
    absent_tags: int = 0
    low_confidence: int = 0
    rare_labels: int = 0
    notes: list[str] = field(default_factory=list)

    def remarks(self) -> list[str]:
        """What was left out or mended, a sentence each; empty if nothing was."""
        counted = [
            (self.duplicate_tags, "{} given more than once to an image, counted once", "tag"),
            (self.absent_tags, "{} with confidence 0: known to be absent", "tag"),
            (self.low_confidence, "{} below the least confidence dropped", "tag"),
            (self.rare_labels, "{} on too few images dropped", "label"),
        ]
        told = [text.format(number_of(count, noun)) for count, text, noun in counted if count]
        if self.unknown_tags:
            often = sorted(self.unknown_tags, key=lambda tag: (-self.unknown_tags[tag], tag))
            shown = ", ".join(f"{tag} ({self.unknown_tags[tag]})" for tag in often[:EXAMPLES])
            uses = number_of(sum(self.unknown_tags.values()), "use")
            left = "…" if len(often) > EXAMPLES else ""
            unknown = number_of(len(often), "tag")
            told.append(f"{unknown} outside the vocabulary dropped, {uses}: {shown}{left}")
        return told + self.notes


def number_of(count: int, noun: str, plural: str | None = None) -> str:
    """A count and its noun, as in ``1 tag`` and ``2,000 tags``."""
    return f"{count:,} {noun if count == 1 else plural or noun + 's'}"
