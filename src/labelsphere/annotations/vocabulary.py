"""The ordered set of labels: a label's place in it is its number everywhere."""

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from labelsphere.annotations.text import read_text
from labelsphere.errors import DataError, UsageError


class Vocabulary:
    """Labels in a fixed order.

    Args:
        names: The labels, each once, none empty.

    Raises:
        DataError: If a name is empty, not a string, or given twice.

    Examples:
        >>> vocabulary = Vocabulary(["sky", "beach"])
        >>> vocabulary.index("beach"), len(vocabulary), "crane" in vocabulary
        (1, 2, False)
    """

    def __init__(self, names: Iterable[str]) -> None:
        self.names: tuple[str, ...] = tuple(names)
        self._index = {name: number for number, name in enumerate(self.names)}
        wrong = [name for name in self.names if not isinstance(name, str) or not name]
        if wrong:
            raise DataError(f"labels must be non-empty strings, but got {wrong[0]!r}")
        if len(self._index) != len(self.names):
            twice = next(name for i, name in enumerate(self.names) if self._index[name] != i)
            raise DataError(f"label {twice!r} is given twice; expected each label once")

    @classmethod
    def read(cls, path: str | Path) -> "Vocabulary":
        """Read labels from a text file, one a line; blank lines are skipped.

        Raises:
            UsageError: If the file does not exist.
            DataError: If it is empty, not in UTF-8, or gives a label twice.
        """
        path = Path(path)
        if not path.is_file():
            raise UsageError(f"{path} is no file; expected a vocabulary, one label a line")
        lines = (line.strip() for line in read_text(path).splitlines())
        try:
            return cls(line for line in lines if line)
        except DataError as error:
            raise DataError(f"{path}: {error}") from error

    def index(self, name: str) -> int:
        """Number of a label.

        Raises:
            KeyError: If the label is not in the vocabulary.
        """
        return self._index[name]

    def get(self, name: str) -> int | None:
        """Number of a label, or None if it is unknown."""
        return self._index.get(name)

    def joined(self, other: "Vocabulary") -> "Vocabulary":
        """This vocabulary, and after it the other's labels that it lacks, in their order.

        Examples:
            >>> Vocabulary(["sky", "beach"]).joined(Vocabulary(["beach", "crane"])).names
            ('sky', 'beach', 'crane')
        """
        new = [name for name in other.names if name not in self]
        return Vocabulary((*self.names, *new)) if new else self

    def fingerprint(self) -> str:
        """Hexadecimal digest of names and order: equal only for equal vocabularies."""
        return hashlib.sha256("\0".join(self.names).encode()).hexdigest()[:16]

    def __len__(self) -> int:
        return len(self.names)

    def __iter__(self) -> Iterator[str]:
        return iter(self.names)

    def __getitem__(self, number: int) -> str:
        return self.names[number]

    def __contains__(self, name: object) -> bool:
        return name in self._index

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Vocabulary) and self.names == other.names

    def __hash__(self) -> int:
        return hash(self.names)

    def __repr__(self) -> str:
        return f"Vocabulary({len(self)} labels)"
