"""Hierarchies of labels."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np
from scipy.sparse import csr_array

from labelsphere.annotations.hierarchy_files import hierarchy_of_pairs, read_hierarchy
from labelsphere.annotations.vocabulary import Vocabulary
from labelsphere.arrays import IntArray, SparseRows
from labelsphere.errors import DataError


@dataclass(frozen=True, eq=False, repr=False)
class Hierarchy:
    """Labels and their parents: a crane is a bird, and a bird is an animal.

    A label may have several parents or none, and is never its own ancestor.

    Attributes:
        vocabulary: The labels; a label's number is its row and column in ``parents``.
        parents: CSR, labels × labels, float32 ones, sorted indices: row i has a one for each
            parent of label i.
        names: Name of each label if labels are codes, else the labels. Two labels may share a
            name.
        depths: (labels,) int64, longest path to a label without parents, which has depth 0.

    Raises:
        DataError: If the arrays differ in size, or a label is its own ancestor.

    Examples:
        >>> kinds = Hierarchy.from_pairs([("crane", "bird"), ("bird", "animal"), ("dog", "animal")])
        >>> kinds.vocabulary.names, kinds.depths.tolist()
        (('crane', 'bird', 'animal', 'dog'), [2, 1, 0, 1])
        >>> kinds.ancestors_of("crane")
        ['bird', 'animal']
    """

    vocabulary: Vocabulary
    parents: SparseRows
    names: Sequence[str] = ()
    depths: IntArray = field(init=False)

    def __post_init__(self) -> None:
        """Check that the arrays fit together, sort them, and look for cycles."""
        size = len(self.vocabulary)
        if self.parents.shape != (size, size):
            raise DataError(f"parents must be {size} × {size} labels, but got {self.parents.shape}")
        parents: SparseRows = self.parents.astype(np.float32)
        parents.sum_duplicates()
        parents.eliminate_zeros()
        parents.data[:] = 1
        names = tuple(self.names) or self.vocabulary.names
        if len(names) != size:
            raise DataError(f"names must be {size}, one a label, but got {len(names)}")
        object.__setattr__(self, "parents", parents)
        object.__setattr__(self, "names", names)
        object.__setattr__(self, "depths", self._depths())

    @classmethod
    def read(cls, path: str | Path) -> "Hierarchy":
        """Read a hierarchy; the format is recognised by the file's name and first line.

        Args:
            path: Tencent ML-Images' dictionary (tab-separated: index, code, index of the parent,
                name), Open Images' hierarchy (JSON; subcategories are read as kinds, parts are
                not), or a CSV or TSV of two columns, child and parent, with or without a header
                ``child,parent``. A label with several parents is listed several times, a
                label without any has an empty parent or is only named as a parent.

        Raises:
            UsageError: If there is no such file.
            DataError: If it is in none of these formats, has an unknown parent, or
                makes a label its own ancestor.
        """
        data = read_hierarchy(Path(path))
        try:
            return cls(*data)
        except DataError as error:
            raise DataError(f"{path}: {error}") from error

    @classmethod
    def from_pairs(
        cls, pairs: Iterable[tuple[str, str | None]], names: dict[str, str] | None = None
    ) -> "Hierarchy":
        """Build a hierarchy from (child, parent) pairs; labels are numbered in order of occurrence.

        Args:
            pairs: Pairs of child and parent; None or ``""`` adds a label without parents.
            names: Names of labels. Default: the label itself.

        Raises:
            DataError: If a label is empty, not a text, or its own ancestor.
        """
        return cls(*hierarchy_of_pairs(pairs, names))

    @cached_property
    def ancestors(self) -> SparseRows:
        """Ancestors of each label: CSR, labels × labels, float32 ones, sorted indices."""
        reached = self.parents
        farther = self.parents
        while farther.nnz:
            farther = csr_array(self.parents @ farther)
            reached = csr_array(reached + farther)
        # Ones for any number of paths; the sum of sorted rows is sorted.
        ones: SparseRows = csr_array(
            (np.ones(reached.nnz, np.float32), reached.indices, reached.indptr), reached.shape
        )
        ones.sort_indices()
        return ones

    def ancestors_of(self, label: str) -> list[str]:
        """Return the ancestors of one label, in the vocabulary's order.

        Raises:
            KeyError: If there is no such label.
        """
        number = self.vocabulary.index(label)
        start, stop = self.ancestors.indptr[number : number + 2]
        return [self.vocabulary[ancestor] for ancestor in self.ancestors.indices[start:stop]]

    def find(self, labels: Iterable[str]) -> IntArray:
        """Find the number of each label of another vocabulary, int64; -1 if there is none.

        Labels are compared with the labels, then with the names, then with the first of the
        synonyms in a name ("object, physical object"), always without regard to case. An ambiguous
        name matches no label.
        """
        first = [name.split(",")[0] for name in self.names]
        keys = [_unique(words) for words in (self.vocabulary.names, self.names, first)]
        wanted = [label.strip().casefold() for label in labels]
        found = (next((key[word] for key in keys if word in key), -1) for word in wanted)
        return np.fromiter(found, np.int64, len(wanted))

    def with_ancestors(self, tags: SparseRows) -> SparseRows:
        """Add all tags that the tags imply: an image of a crane is one of a bird.

        Args:
            tags: CSR, images × labels of this hierarchy; values are not looked at.

        Returns:
            CSR of ones, images × labels, float32, sorted indices.
        """
        present: SparseRows = tags.astype(np.float32)
        present.eliminate_zeros()
        present.data[:] = 1
        implied: SparseRows = csr_array(present + present @ self.ancestors)
        implied.data[:] = 1
        implied.sort_indices()
        return implied

    def __len__(self) -> int:
        return len(self.vocabulary)

    def __repr__(self) -> str:
        """Return the number of labels and of levels."""
        levels = int(self.depths.max()) + 1 if len(self) else 0
        return f"Hierarchy({len(self)} labels, {levels} levels)"

    def _depths(self) -> IntArray:
        """Labels ordered by level, so that a label comes after all its parents."""
        children: SparseRows = self.parents.T.tocsr()
        waiting_for = np.diff(self.parents.indptr).astype(np.int64)
        depths = np.full(len(self), -1, np.int64)
        level = np.flatnonzero(waiting_for == 0)
        depth = 0
        while len(level):
            depths[level] = depth
            below = children[level].indices
            np.subtract.at(waiting_for, below, 1)
            level = np.unique(below)
            level = level[waiting_for[level] == 0]
            depth += 1
        if (depths < 0).any():
            raise DataError(
                f"{' is a kind of '.join(self._cycle(depths))}: expected no label among its own "
                "ancestors; remove one of these parents"
            )
        return depths

    def _cycle(self, depths: IntArray) -> list[str]:
        """Return the labels of a cycle, each followed by its parent; the last is the first."""
        # Every label without a level has a parent without a level, so following parents cycles.
        seen: dict[int, int] = {}
        label = int(np.flatnonzero(depths < 0)[0])
        while label not in seen:
            seen[label] = len(seen)
            start, stop = self.parents.indptr[label : label + 2]
            label = next(int(p) for p in self.parents.indices[start:stop] if depths[p] < 0)
        return [repr(self.vocabulary[n]) for n in [*list(seen)[seen[label] :], label]]


def _unique(words: Sequence[str]) -> dict[str, int]:
    """Map each word to its number, for words that occur once when case is ignored."""
    numbers: dict[str, int] = {}
    twice = set()
    for number, word in enumerate(words):
        if numbers.setdefault(word.strip().casefold(), number) != number:
            twice.add(word.strip().casefold())
    return {word: number for word, number in numbers.items() if word not in twice}
