"""Filter of the tags to write: levels, blocked tags, implied tags and limits."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from labelsphere.annotations import Hierarchy, Vocabulary
from labelsphere.archive.categories import Categories
from labelsphere.errors import UsageError
from labelsphere.tagger.tag import Tag


@dataclass(frozen=True)
class TagFilter:
    """Filter of the tags to write.

    Attributes:
        suggested: Whether suggested tags are written too.
        at_most: Largest number of tags per picture, without implied ones; None for all.
        blocked: Tags that are never written.
        hierarchy: Hierarchy in which a tag implies its parents; None for no implied tags.
        at_most_per_category: Largest number of tags of one category per picture, without implied
            ones; None for all. Tags without a category are not limited.
        categories: Categories of tags.
        aliases: Aliases to write too, by tag; they follow the tag and precede its parents.

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
        """Return the tags to write, in their order; implied tags follow the implying tag."""
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
        """Return the picture's own tags to write."""
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
        """Return the tags that a tag implies, in the order of the hierarchy."""
        if self.hierarchy is None or label not in self.hierarchy.vocabulary:
            return []
        return self.hierarchy.ancestors_of(label)


def aliases_of(vocabulary: Vocabulary) -> dict[str, tuple[str, ...]]:
    """Return the aliases of each label that has some."""
    found: dict[str, list[str]] = {}
    for alias, name in vocabulary.aliases.items():
        found.setdefault(name, []).append(alias)
    return {name: tuple(aliases) for name, aliases in found.items()}
