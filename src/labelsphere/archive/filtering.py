"""Which of a picture's tags are written: levels, blocked and implied tags, at most so many."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from labelsphere.annotations import Hierarchy, Vocabulary
from labelsphere.archive.categories import Categories
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
        at_most_per_category: Most tags of a category a picture, implied ones not counted; None for
            all. Tags in no category are not limited.
        categories: Which category a tag is in.
        aliases: Other names of tags, which are written too, after the tag and before its parents.

    Raises:
        UsageError: If a number is below 1.
    """

    suggested: bool = True
    at_most: int | None = None
    blocked: frozenset[str] = frozenset()
    hierarchy: Hierarchy | None = None
    at_most_per_category: int | None = None
    categories: Categories = field(default_factory=Categories)
    aliases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Check the numbers."""
        for name in ("at_most", "at_most_per_category"):
            number = getattr(self, name)
            if number is not None and number < 1:
                raise UsageError(f"{name.replace('_', ' ')} must be 1 or more, but got {number}")

    def apply(self, tags: tuple[Tag, ...]) -> list[Tag]:
        """The tags that are written, in their order; implied ones follow what implies them."""
        kept = self._kept(tags)
        if self.hierarchy is None and not self.aliases:
            return kept
        there = {tag.label for tag in kept}
        found: list[Tag] = []
        for tag in kept:
            found.append(tag)
            for implied in (*self.aliases.get(tag.label, ()), *self.parents(tag.label)):
                if implied not in there and implied not in self.blocked:
                    there.add(implied)
                    found.append(replace(tag, label=implied))
        return found

    def _kept(self, tags: tuple[Tag, ...]) -> list[Tag]:
        """The tags of the picture itself that are written."""
        kept: list[Tag] = []
        counts: Counter[str] = Counter()
        for tag in tags:
            if tag.label in self.blocked or (tag.suggested and not self.suggested):
                continue
            if self.at_most_per_category is not None:
                category = self.categories.of(tag.label)
                counts[category] += 1
                if category and counts[category] > self.at_most_per_category:
                    continue
            kept.append(tag)
        return kept[: self.at_most]

    def parents(self, label: str) -> list[str]:
        """The tags that a tag implies, nearest or farthest first as the hierarchy has them."""
        if self.hierarchy is None or label not in self.hierarchy.vocabulary:
            return []
        return self.hierarchy.ancestors_of(label)


def aliases_of(vocabulary: Vocabulary) -> dict[str, tuple[str, ...]]:
    """Other names of the labels, by label."""
    found: dict[str, list[str]] = {}
    for alias, name in vocabulary.aliases.items():
        found.setdefault(name, []).append(alias)
    return {name: tuple(aliases) for name, aliases in found.items()}
