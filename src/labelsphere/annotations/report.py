"""Report on rows and tags that a reader left out or changed."""

from dataclasses import dataclass, field

_SHOWN = 5


@dataclass
class ReadReport:
    """Counts of rows and tags that reading and filtering left out or changed.

    Attributes:
        rows: Rows read from the source.
        duplicate_tags: Repeated tags of an image, which count once.
        unknown_tags: Tags outside the given vocabulary, with the number of images of each.
        absent_tags: Tags with confidence 0, known to be absent.
        low_confidence: Tags dropped for a confidence below the threshold.
        rare_labels: Labels dropped for too few images.
        empty_markers: Dropped words such as ``nan`` that mark an empty cell, with their numbers.
        composed_tags: Tags normalised to composed letters (Unicode's NFC): ``é`` as one letter.
        hidden_letters: Tags from which invisible letters, such as soft hyphens, were removed.
        alike: Tags outside the vocabulary, each with a label of the same letters.
        no_pictures: Reason why the annotations have no pictures, with the searched folder; empty if
            they have pictures.
        notes: Additional remarks, one sentence each.
    """

    rows: int = 0
    duplicate_tags: int = 0
    unknown_tags: dict[str, int] = field(default_factory=dict)
    absent_tags: int = 0
    low_confidence: int = 0
    rare_labels: int = 0
    empty_markers: dict[str, int] = field(default_factory=dict)
    composed_tags: int = 0
    hidden_letters: int = 0
    alike: dict[str, str] = field(default_factory=dict)
    no_pictures: str = ""
    notes: list[str] = field(default_factory=list)

    def remarks(self) -> list[str]:
        """Describe in sentences what was left out or changed."""
        counted = [
            (self.duplicate_tags, "{} given more than once to an image, counted once", "tag"),
            (self.absent_tags, "{} with confidence 0: known to be absent", "tag"),
            (self.low_confidence, "{} below the minimum confidence dropped", "tag"),
            (self.rare_labels, "{} on too few images dropped", "label"),
        ]
        remarks = [text.format(number_of(count, noun)) for count, text, noun in counted if count]
        if self.composed_tags:
            count = number_of(self.composed_tags, "tag")
            remarks.append(
                f"{count} normalised to composed letters (NFC), because é can be one letter or two"
            )
        if self.hidden_letters:
            count = number_of(self.hidden_letters, "tag")
            remarks.append(
                f"{count} read without letters that cannot be seen, such as a soft hyphen or a "
                "no-break space"
            )
        if self.empty_markers:
            count = number_of(sum(self.empty_markers.values()), "tag")
            mark = "marks" if sum(self.empty_markers.values()) == 1 else "mark"
            shown = _most(self.empty_markers)
            remarks.append(
                f"{count} left out that only {mark} an empty cell: {shown}; keep such a tag "
                "with the argument `keep`"
            )
        if self.unknown_tags:
            uses = number_of(sum(self.unknown_tags.values()), "use")
            unknown = number_of(len(self.unknown_tags), "tag")
            shown = _most(self.unknown_tags)
            remarks.append(f"{unknown} outside the vocabulary dropped, {uses}: {shown}")
        if self.alike:
            pairs = [f"{tag!r} and {label!r}" for tag, label in list(self.alike.items())[:_SHOWN]]
            remarks.append(
                f"{number_of(len(self.alike), 'tag')} of these may be a label in another spelling: "
                f"{', '.join(pairs)}{'…' if len(self.alike) > _SHOWN else ''}"
            )
        return remarks + self.notes


def _most(counts: dict[str, int]) -> str:
    """List the most common entries, with their counts."""
    often = sorted(counts, key=lambda tag: (-counts[tag], tag))
    shown = ", ".join(f"{tag} ({counts[tag]})" for tag in often[:_SHOWN])
    return shown + ("…" if len(often) > _SHOWN else "")


def number_of(count: int, noun: str, plural: str | None = None) -> str:
    """Format a count and its noun, as in ``1 tag`` and ``2,000 tags``."""
    return f"{count:,} {noun if count == 1 else plural or noun + 's'}"
