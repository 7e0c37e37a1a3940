"""Merge labels, where counts of pairs determine the result.

Images with one of two labels are n_a + n_b − n_ab. Images with one of them and a third, c, are
n_ac + n_bc − n_abc, and no count of pairs gives n_abc. But it is bounded: three sets share no less
than nothing, no more than any two of them do, and what two share within one is at least what does
not fit into it side by side. Where both bounds are one number, as for labels that never meet or of
which one implies the other, the merge is exact; elsewhere it is refused. Confidences are counts of
images at each level of confidence, so all of this holds for them as well.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_array

from labelsphere.annotations import Vocabulary
from labelsphere.arrays import BoolArray, DoubleArray, IntArray, SparseRows
from labelsphere.errors import DataError


class Merged(NamedTuple):
    """Counts in which of the labels that become one a single one has any.

    Attributes:
        joint: CSR, labels × labels as before, sorted indices; the others' rows are empty.
        targets: (labels,) int64, the new number of each label; -1 for those others too.
    """

    joint: SparseRows
    targets: IntArray


def merge_labels(
    vocabulary: Vocabulary, joint: SparseRows, n_images: float, targets: IntArray
) -> Merged:
    """Merge labels that get the same number.

    Args:
        vocabulary: The labels, for errors.
        joint: CSR, labels × labels, counts of pairs; see `Counts`.
        n_images: Images that were counted.
        targets: (labels,) int64, the new number of each label, -1 if it is left out. Labels of
            one number are merged.

    Raises:
        DataError: If the counts of pairs do not determine those of a merged label with another
            that is not left out.
    """
    numbers = np.flatnonzero(targets >= 0)
    shared = np.bincount(targets[numbers])[targets[numbers]] > 1
    members = numbers[shared].astype(np.int64)
    if not len(members):
        return Merged(joint, targets)
    rows = joint[members].toarray().astype(np.float64)
    state = _State(vocabulary, rows, joint.diagonal().astype(np.float64), n_images, targets.copy())
    lines: dict[int, int] = {}
    for line, target in enumerate(targets[members].tolist()):
        if target in lines:
            state.merge(lines[target], line, members)
        lines.setdefault(target, line)
    entries = joint.tocoo()
    one, other = (np.asarray(indices, np.int64) for indices in entries.coords)
    apart = ~np.isin(one, members) & ~np.isin(other, members)
    held, column = np.nonzero(state.rows)
    mine, values = members[held], state.rows[held, column]
    outside = ~np.isin(column, members)  # Of two members both have the pair in their own rows.
    found: SparseRows = csr_array(
        (
            np.concatenate([entries.data[apart], values, values[outside]]),
            (
                np.concatenate([one[apart], mine, column[outside]]),
                np.concatenate([other[apart], column, mine[outside]]),
            ),
        ),
        shape=joint.shape,
    )
    found.sort_indices()
    return Merged(found, state.targets)


@dataclass
class _State:
    """Rows of the labels that are merged, brought up to date by every merge.

    Attributes:
        vocabulary: The labels.
        rows: (members, labels) float64, of which column by column the same holds as row by row.
        once: (labels,) float64, images of each label.
        n_images: Images that were counted.
        targets: (labels,) int64, -1 for labels that are left out or were merged into another.
    """

    vocabulary: Vocabulary
    rows: DoubleArray
    once: DoubleArray
    n_images: float
    targets: IntArray

    def merge(self, into: int, line: int, members: IntArray) -> None:
        """Let one member have the images of another as well, and that one none."""
        a, b = int(members[into]), int(members[line])
        least, most = self._bounds(into, line, a, b)
        open_ = (most > least) & (self.targets >= 0)
        open_[[a, b]] = False
        if open_.any():
            raise self._undetermined(a, b, least, most, open_)
        both = self.rows[into, b]
        union = self.rows[into] + self.rows[line] - most
        self.once[a] += self.once[b] - both
        union[a], union[b] = self.once[a], 0.0
        self.rows[into], self.rows[line] = union, 0.0
        self.rows[:, a], self.rows[:, b] = union[members], 0.0
        self.once[b], self.targets[b] = 0.0, -1

    def _bounds(self, into: int, line: int, a: int, b: int) -> tuple[DoubleArray, DoubleArray]:
        """Least and most images of two labels and each third, (labels,) float64."""
        one, other, once = self.rows[into], self.rows[line], self.once
        both = one[b]
        most = np.minimum(np.minimum(one, other), both)
        # Images with none of the three are no fewer than none.
        most = np.minimum(most, self.n_images - (once[a] + once[b] + once) + both + one + other)
        within = (both + one - once[a], both + other - once[b], one + other - once)
        return np.maximum(0.0, np.maximum.reduce(within)), most

    def _undetermined(
        self, a: int, b: int, least: DoubleArray, most: DoubleArray, open_: BoolArray
    ) -> DataError:
        third = int(np.argmax(np.where(open_, most - least, -1.0)))
        names = [self.vocabulary[number] for number in (a, b, third)]
        return DataError(
            f"counts of pairs do not determine how many images hold all of {names[0]!r}, "
            f"{names[1]!r} and {names[2]!r} ({least[third]:g} to {most[third]:g}), which "
            "merging the first two needs; merge them in the annotations and count those again"
        )
