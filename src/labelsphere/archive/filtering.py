"""Which of a picture's tags are written: levels, blocked tags, implied tags, at most so many."""

from dataclasses import dataclass, replace

from labelsphere.annotations import Hierarchy
from labelsphere.errors import UsageError
from labelsphere.tagger.tag import Tag


@dataclass(frozen=True)
class TagFilter:
    """Which tags are written.

    Attributes:
        suggested: Whether tags that are only suggested are written too.
        at_most: Most tags a picture, implied ones not counted; None for all.
        blocked: Tags that are never written.
        hierarchy: Tags above others, which these imply; None for no implied tags.

    Raises:
        UsageError: If ``at_most`` is below 1.
    """

    suggested: bool = True
    at_most: int | None = None
    blocked: frozenset[str] = frozenset()
    hierarchy: Hierarchy | None = None

    def __post_init__(self) -> None:
        """Check the number."""
        if self.at_most is not None and self.at_most < 1:
            raise UsageError(f"at most must be 1 or more, but got {self.at_most}")

    def apply(self, tags: tuple[Tag, ...]) -> list[Tag]:
        """The tags that are written, in their order; implied ones follow what implies them."""
        kept = [
            tag
            for tag in tags
            if tag.label not in self.blocked and (self.suggested or not tag.suggested)
        ][: self.at_most]
        if self.hierarchy is None:
            return kept
        there = {tag.label for tag in kept}
        found: list[Tag] = []
        for tag in kept:
            found.append(tag)
            for parent in self.parents(tag.label):
                if parent not in there and parent not in self.blocked:
                    there.add(parent)
                    found.append(replace(tag, label=parent))
        return found

    def parents(self, label: str) -> list[str]:
        """The tags that a tag implies, nearest or farthest first as the hierarchy has them."""
        if self.hierarchy is None or label not in self.hierarchy.vocabulary:
            return []
        return self.hierarchy.ancestors_of(label)
