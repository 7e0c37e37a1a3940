"""Vocabularies: ordered sets of labels, whose positions are the labels' numbers."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from unicodedata import is_normalized, normalize

from labelsphere.annotations.label_lines import label_lines
from labelsphere.annotations.text import read_text
from labelsphere.errors import DataError, UsageError


class Vocabulary:
    """Labels in a fixed order, with aliases.

    Lookups accept names and aliases. Vocabularies are equal if their labels are equal; aliases do
    not matter.

    Args:
        names: Distinct, non-empty labels.
        aliases: Other names, each with its label.

    Raises:
        DataError: If a name is empty, not a string, or given twice, or an alias is a label itself
            or has no label.

    Examples:
        >>> vocabulary = Vocabulary(["sky", "beach"], {"shore": "beach"})
        >>> vocabulary.index("beach"), len(vocabulary), "crane" in vocabulary
        (1, 2, False)
        >>> vocabulary.index("shore"), "shore" in vocabulary, vocabulary.names
        (1, True, ('sky', 'beach'))
    """

    def __init__(self, names: Iterable[str], aliases: Mapping[str, str] | None = None) -> None:
        self.names: tuple[str, ...] = tuple(names)
        self.aliases: Mapping[str, str] = dict(aliases or {})
        self._index = {name: number for number, name in enumerate(self.names)}
        wrong = [name for name in self.names if not isinstance(name, str) or not name]
        if wrong:
            raise DataError(f"labels must be non-empty strings, but got {wrong[0]!r}")
        if len(self._index) != len(self.names):
            twice = next(name for i, name in enumerate(self.names) if self._index[name] != i)
            raise DataError(f"label {twice!r} is given twice; expected each label once")
        for alias, name in self.aliases.items():
            if not isinstance(alias, str) or not alias or alias in self._index:
                raise DataError(
                    f"expected an alias that is not a label, but got {alias!r} for {name}"
                )
            if name not in self._index:
                raise DataError(f"alias {alias!r} stands for {name!r}, which is not a label")
        self._index |= {alias: self._index[name] for alias, name in self.aliases.items()}
        for name in [name for name in self._index if not is_normalized("NFC", name)]:
            self._index.setdefault(normalize("NFC", name), self._index[name])

    @classmethod
    def read(cls, path: str | Path) -> "Vocabulary":
        """Read labels from a text file, one per line, or from a column of a CSV file.

        Blank lines are skipped, and letters are composed (Unicode's NFC). In a file of several
        columns, the header must contain ``name``, ``tag`` or ``label``, as in the lists of tags of
        WD taggers.

        Raises:
            UsageError: If the file does not exist.
            DataError: If it is empty, not in UTF-8, or gives a label twice.
        """
        path = Path(path)
        if not path.exists() or path.is_dir():
            raise UsageError(f"{path} is not a file; expected a vocabulary, one label per line")
        text = read_text(path)
        try:
            lines = label_lines(text)
        except DataError as error:
            raise DataError(f"{path} {error}") from error
        first: dict[str, int] = {}
        for line, label in lines:
            before = first.setdefault(label, line)
            if before != line:
                raise DataError(
                    f"{path} line {line}: label {label!r} is given twice, first in line {before}; "
                    "expected each label once"
                )
        return cls(first)

    def index(self, name: str) -> int:
        """Return the number of a label, by its name or an alias.

        Raises:
            KeyError: If the label is not in the vocabulary.
        """
        number = self.get(name)
        if number is None:
            raise KeyError(name)
        return number

    def get(self, name: str) -> int | None:
        """Return the number of a label, by its name or an alias; None if it is unknown.

        Composed and decomposed letters (Unicode's NFC and NFD) are equal.
        """
        number = self._index.get(name)
        return self._index.get(normalize("NFC", name)) if number is None else number

    def close_to(self, name: str) -> list[str]:
        """Find up to three labels or aliases with a similar spelling, most similar first.

        Examples:
            >>> Vocabulary(["tree", "three", "horse"]).close_to("Tree")
            ['tree', 'three']
        """
        # Of spellings that differ only in case, use the first.
        spellings = {known.casefold(): known for known in [*self.aliases, *reversed(self.names)]}
        close = get_close_matches(name.casefold(), spellings, n=3, cutoff=0.6)
        return [spellings[known] for known in close]

    def joined(self, other: "Vocabulary") -> "Vocabulary":
        """Append the labels of another vocabulary that this one lacks, in their order.

        Labels of this vocabulary are kept, even if they are aliases in the other. Aliases are
        joined too.

        Examples:
            >>> Vocabulary(["sky", "beach"]).joined(Vocabulary(["beach", "crane"])).names
            ('sky', 'beach', 'crane')
        """
        names = (*self.names, *(name for name in other.names if name not in self))
        labels, aliases = set(names), dict(self.aliases)
        for alias, name in other.aliases.items():
            if alias not in labels:
                aliases.setdefault(alias, self.aliases.get(name, name))
        same = len(names) == len(self) and aliases == self.aliases
        return self if same else Vocabulary(names, aliases)

    def named_as_in(self, other: "Vocabulary") -> "Vocabulary":
        """Rename the labels to their names in another vocabulary, and take its aliases.

        Labels that are merged in the other vocabulary are merged.

        Examples:
            >>> known = Vocabulary(["car", "cat"], {"auto": "car", "tom": "cat"})
            >>> named = Vocabulary(["auto", "car", "sea"]).named_as_in(known)
            >>> named.names, named.aliases
            (('car', 'sea'), {'auto': 'car'})
        """
        names = list(dict.fromkeys(other.aliases.get(name, name) for name in self.names))
        ours = {alias: other.aliases.get(name, name) for alias, name in self.aliases.items()}
        labels = set(names)
        theirs = {alias: name for alias, name in other.aliases.items() if name in labels}
        aliases = {a: name for a, name in {**ours, **theirs}.items() if a not in labels}
        same = len(names) == len(self) and aliases == self.aliases
        return self if same else Vocabulary(names, aliases)

    def fingerprint(self) -> str:
        """Hexadecimal hash of names and order, equal only for equal vocabularies."""
        return hashlib.sha256("\0".join(self.names).encode()).hexdigest()[:16]

    def __len__(self) -> int:
        return len(self.names)

    def __iter__(self) -> Iterator[str]:
        return iter(self.names)

    def __getitem__(self, number: int) -> str:
        return self.names[number]

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and self.get(name) is not None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Vocabulary) and self.names == other.names

    def __hash__(self) -> int:
        return hash(self.names)

    def __repr__(self) -> str:
        return f"Vocabulary({len(self)} labels)"
