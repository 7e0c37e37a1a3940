"""Revisions of a vocabulary: renamed, merged and removed tags, and aliases."""

import json
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from unicodedata import normalize

import numpy as np

from labelsphere.annotations.text import read_text
from labelsphere.annotations.two_columns import read_pairs
from labelsphere.annotations.vocabulary import Vocabulary
from labelsphere.arrays import IntArray
from labelsphere.errors import DataError, UsageError

_HEADERS = {
    (tag, becomes) for tag in ("tag", "label", "old") for becomes in ("becomes", "new", "into")
}


class Revision:
    """Changes of the tags of a vocabulary.

    A tag is renamed to its new name, or merged if the new name is a tag already. Its old name is
    kept as an alias. Changes may form chains: with a → b and b → c, both become c.

    Args:
        changes: New name of each changed tag, or None to remove it.
        aliases: Additional names, each with its tag.
        expected: Tags of ``changes`` that a vocabulary must have; all of them if None. Other
            missing tags become aliases of their new name.

    Attributes:
        becomes: Final name of each changed tag, or None.
        aliases: As given.

    Raises:
        DataError: If a name is empty or not a text.
        UsageError: If the changes form a cycle.

    Examples:
        >>> change = Revision({"auto": "car", "automobile": "auto", "misc": None})
        >>> change.becomes
        {'auto': 'car', 'automobile': 'car', 'misc': None}
        >>> after, targets = change.apply(Vocabulary(["auto", "automobile", "cat", "misc"]))
        >>> after.names, dict(after.aliases), targets.tolist()
        (('car', 'cat'), {'auto': 'car', 'automobile': 'car'}, [0, 0, 1, -1])
    """

    def __init__(
        self,
        changes: Mapping[str, str | None],
        aliases: Mapping[str, str] | None = None,
        *,
        expected: Collection[str] | None = None,
    ) -> None:
        self.aliases = dict(aliases or {})
        self._expected = frozenset(changes if expected is None else expected)
        names = [*changes, *(name for name in changes.values() if name is not None)]
        names += [*self.aliases, *self.aliases.values()]
        wrong = [name for name in names if not isinstance(name, str) or not name]
        if wrong:
            raise DataError(f"tags must be non-empty strings, but got {wrong[0]!r}")
        moves = {tag: into for tag, into in changes.items() if tag != into}
        self.becomes = {tag: _end(tag, moves) for tag in moves}
        self._composed = {normalize("NFC", tag): end for tag, end in self.becomes.items()}

    @classmethod
    def of(
        cls,
        changes: "Mapping[str, str | None] | Revision",
        aliases: Mapping[str, str] | None = None,
    ) -> "Revision":
        """Build a revision from changes by name; a revision is returned as it is.

        Raises:
            DataError: If a name is empty or not a text.
            UsageError: If the changes form a cycle, or aliases are given with a revision.
        """
        if not isinstance(changes, Revision):
            return cls(changes, aliases)
        if aliases is not None:
            raise UsageError("a revision has its own aliases; do not give aliases with it")
        return changes

    @classmethod
    def read(cls, path: str | Path) -> "Revision":
        """Read changes from a file, such as a site's list of synonyms.

        Args:
            path: CSV or TSV of two columns, a tag and its new name, empty for a removed tag, with
                or without a header ``tag,becomes``; or a JSON object of tags with text or null.
                Tags that a vocabulary lacks become aliases of their new name.

        Raises:
            UsageError: If there is no such file, or the changes form a cycle.
            DataError: If the file has neither format, or gives a tag twice.
        """
        path = Path(path)
        if not path.exists() or path.is_dir():
            raise UsageError(
                f"{path} is not a file; expected tags and what they become, CSV or JSON"
            )
        text = read_text(path)
        try:
            changes = _json(text) if text.lstrip().startswith("{") else _csv(text)
            return cls(changes, expected=())
        except DataError as error:
            raise DataError(f"{path}: {error}") from error
        except UsageError as error:
            raise UsageError(f"{path}: {error}") from error

    def apply(self, vocabulary: Vocabulary) -> tuple[Vocabulary, IntArray]:
        """Apply the changes to a vocabulary.

        Labels keep their order. A merged label has the position of the label with its name, or else
        of the first of the merged labels.

        Returns:
            The vocabulary with all aliases, and the new number of each label, (labels,) int64; -1
            for a removed label.

        Raises:
            UsageError: If a required tag is unknown, an alias is a label or has no label, nothing
                would change, or no label would be left.
        """
        for tag in self.becomes:
            if tag in self._expected and tag not in vocabulary:
                raise _unknown(tag, vocabulary)
        ends = [self._in(vocabulary, self._end_of(name)) for name in vocabulary]
        stay = {name for name, end in zip(vocabulary, ends, strict=True) if name == end}
        order = [
            end
            for name, end in zip(vocabulary, ends, strict=True)
            if end is not None and (name == end or end not in stay)
        ]
        numbers = {name: number for number, name in enumerate(dict.fromkeys(order))}
        after = Vocabulary(numbers, self._aliases(vocabulary, ends, numbers))
        if after == vocabulary and after.aliases == vocabulary.aliases:
            raise UsageError(
                f"none of the {len(self.becomes) + len(self.aliases):,} changes concerns the "
                f"{len(vocabulary):,} labels; expected tags that are there"
            )
        if not len(after):
            raise UsageError(f"all {len(vocabulary):,} labels would be removed; keep some")
        targets = [-1 if end is None else numbers[end] for end in ends]
        return after, np.array(targets, np.int64)

    def _end_of(self, name: str) -> str | None:
        """Return the new name of a label, in composed or decomposed letters."""
        if name in self.becomes:
            return self.becomes[name]
        return self._composed.get(normalize("NFC", name), name)

    def _in(self, vocabulary: Vocabulary, end: str | None) -> str | None:
        """Resolve an alias of the vocabulary to its label."""
        label = vocabulary.aliases.get(end) if end is not None else None
        if label is None or self.becomes.get(label) == end:
            return end
        return self.becomes.get(label, label)

    def _aliases(
        self, vocabulary: Vocabulary, ends: list[str | None], numbers: Mapping[str, int]
    ) -> dict[str, str]:
        """Collect the new aliases: existing ones, old names, and given ones."""
        end_of = dict(zip(vocabulary, ends, strict=True))
        standing = {alias: end_of[name] for alias, name in vocabulary.aliases.items()}
        standing |= {name: end for name, end in end_of.items() if name != end}
        others = [tag for tag in self.becomes if tag not in end_of]
        standing |= {tag: self._in(vocabulary, self.becomes[tag]) for tag in others}
        found = {alias: end for alias, end in standing.items() if end in numbers}
        for alias, name in self.aliases.items():
            if alias in numbers:
                raise UsageError(
                    f"alias {alias!r} is a label itself; to make it one with {name!r}, let it "
                    "become that"
                )
            end = name if name in numbers else found.get(name)
            if end is None:
                raise _unknown(name, Vocabulary(numbers))
            found[alias] = end
        return {alias: end for alias, end in found.items() if end and alias not in numbers}


def _end(tag: str, moves: Mapping[str, str | None]) -> str | None:
    way = [tag]
    while way[-1] in moves:
        following = moves[way[-1]]
        if following is None:
            return None
        if following in way:
            circle = " becomes ".join(repr(name) for name in [*way, following])
            raise UsageError(f"{circle}: the changes form a cycle; remove one of them")
        way.append(following)
    return way[-1]


def _unknown(tag: str, vocabulary: Vocabulary) -> UsageError:
    close = ", ".join(repr(name) for name in vocabulary.close_to(tag))
    hint = f"; close spellings: {close}" if close else ""
    return UsageError(f"no tag {tag!r} among the {len(vocabulary):,} labels to change{hint}")


def _csv(text: str) -> dict[str, str | None]:
    pairs = read_pairs(text.splitlines(), "a tag", "what it becomes", _HEADERS)
    return _once((tag, into or None) for tag, into in pairs)


def _json(text: str) -> dict[str, str | None]:
    try:
        pairs = json.loads(text, object_pairs_hook=list)
    except (ValueError, RecursionError) as error:
        raise DataError(f"cannot be read as JSON ({error})") from error
    for tag, into in pairs:
        if not isinstance(into, str | None):
            raise DataError(f"{tag!r} must become a text or null, but got {json.dumps(into)[:60]}")
    return _once(pairs)


def _once(pairs: Iterable[tuple[str, str | None]]) -> dict[str, str | None]:
    changes: dict[str, str | None] = {}
    for tag, into in pairs:
        if changes.setdefault(tag, into) != into:
            raise DataError(
                f"{tag!r} becomes both {changes[tag]!r} and {into!r}; expected each tag once"
            )
    return changes
