"""The counts of labels and pairs of labels (§3.1): saved, added up, subtracted, decayed."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file
from scipy.sparse import csr_array

from labelsphere.annotations import Revision, Vocabulary
from labelsphere.annotations.label_table import write_labels
from labelsphere.arrays import DoubleArray, IntArray, SparseRows
from labelsphere.artefact import new_folder, read_config, write_config
from labelsphere.errors import DataError, UsageError
from labelsphere.json_types import Json
from labelsphere.space.counts_check import check_counts, check_images, name_of_pair
from labelsphere.space.counts_merging import merge_labels
from labelsphere.space.fixed_point import STEP, rounded_to_steps
from labelsphere.space.storage import damaged, read_arrays, read_checked_labels

_KIND, _FORMAT = "counts", 1


@dataclass(frozen=True, eq=False)
class Counts:
    """Numbers of images that hold a label, and that hold two labels together.

    Counts are exact: every one is a whole multiple of ``step``, and no sum of them rounds as long
    as ``n_images / step`` is at most 2⁵³. So counts of shards add up to the counts of the whole to
    the last bit, in any order, those of confidences too.

    Attributes:
        vocabulary: The labels; a label's number is its row and column in ``joint``.
        joint: CSR, labels × labels, float64, symmetric, sorted indices. Off the diagonal the
            number of images with both labels, on it the number with the label.
        n_images: Number of images counted, those without any tag included.
        weighted: Whether images were counted by the confidence of their tags.
        step: What every count is a whole multiple of: 1 for images; 2⁻²⁰ where confidences were
            counted, or counts were decayed.

    Raises:
        DataError: If ``joint`` is no labels × labels matrix of finite multiples of ``step`` of 0
            or above, is not symmetric, or counts more images than ``n_images`` or than the label
            occurs in.

    Examples:
        >>> from labelsphere.annotations import Annotations
        >>> from labelsphere.space import count_cooccurrence
        >>> tags = Annotations.from_lists([["a", "b"], ["a", "b"], ["a"], ["c"]])
        >>> counts = count_cooccurrence(tags)
        >>> counts.joint.toarray()
        array([[3., 2., 0.],
               [2., 2., 0.],
               [0., 0., 1.]])
        >>> (counts + counts).n_images, (counts + counts - counts).n_images
        (8.0, 4.0)
        >>> counts.decayed(0.5).occurrences.tolist()
        [1.5, 1.0, 0.5]
    """

    vocabulary: Vocabulary
    joint: SparseRows
    n_images: float
    weighted: bool = False
    step: float = 1.0

    def __post_init__(self) -> None:
        """Check that the counts can be counts of something."""
        check_counts(self.vocabulary, self.joint, self.n_images, self.step)

    @classmethod
    def trusted(
        cls,
        vocabulary: Vocabulary,
        joint: SparseRows,
        n_images: float,
        weighted: bool,
        step: float,
    ) -> "Counts":
        """Counts that are right by the way they were made; they are not checked again.

        The check goes through all of them, which at tens of millions takes as long as counting.
        """
        counts = object.__new__(cls)
        values = (vocabulary, joint, n_images, weighted, step)
        for field, value in zip(fields(cls), values, strict=True):
            object.__setattr__(counts, field.name, value)
        return counts

    @property
    def occurrences(self) -> DoubleArray:
        """Number of images of each label, (labels,) float64: the diagonal."""
        return np.asarray(self.joint.diagonal(), np.float64)

    @property
    def whole_occurrences(self) -> IntArray:
        """The same in whole images, (labels,) int64, rounded where confidences were counted."""
        return np.rint(self.occurrences).astype(np.int64)

    @property
    def n_pairs(self) -> int:
        """Number of pairs of different labels that were seen together."""
        return int(np.count_nonzero(self.joint.data) - np.count_nonzero(self.occurrences)) // 2

    def __add__(self, other: "Counts") -> "Counts":
        """Counts of both sets of images together.

        Raises:
            UsageError: If the vocabularies differ (see `over`), or one counts confidences and the
                other images.
            DataError: If there are too many images for exact sums.
        """
        if not isinstance(other, Counts):
            return NotImplemented
        self._check_alike(other, "add up")
        images, step = self.n_images + other.n_images, min(self.step, other.step)
        check_images(images, step)
        return self._with(csr_array(self.joint + other.joint), images, step)

    def __sub__(self, other: "Counts") -> "Counts":
        """Counts without some of the images that were counted.

        Raises:
            UsageError: If the vocabularies differ (see `over`), or one counts confidences and the
                other images.
            DataError: If a count would be below 0: the images are not among those counted.
        """
        if not isinstance(other, Counts):
            return NotImplemented
        self._check_alike(other, "subtract")
        if other.n_images > self.n_images:
            raise DataError(
                f"{other.n_images:g} images cannot be taken from {self.n_images:g}: expected "
                "images that were counted"
            )
        joint: SparseRows = csr_array(self.joint - other.joint)
        joint.sort_indices()
        below = np.flatnonzero(joint.data < 0)
        if len(below):
            row = int(np.searchsorted(joint.indptr, below[0], side="right")) - 1
            column = int(joint.indices[below[0]])
            raise DataError(
                f"{name_of_pair(self.vocabulary, row, column)}: "
                f"{other.joint[row, column]:g} to take away, but {self.joint[row, column]:g} "
                "counted; expected images that were counted"
            )
        joint.eliminate_zeros()
        step = min(self.step, other.step)
        # Checked: what is left need not be counts where the images were not among those counted.
        return Counts(self.vocabulary, joint, self.n_images - other.n_images, self.weighted, step)

    def decayed(self, factor: float) -> "Counts":
        """The same counts at a share of their weight, so that newer images weigh more.

        Every count and the number of images are multiplied and then rounded, once each, to the
        nearest step of 2⁻²⁰. What is returned adds up exactly like other counts. Decaying a sum
        and summing what was decayed may differ by a step a term.

        Args:
            factor: Above 0, at most 1.

        Raises:
            UsageError: If the factor is out of range.
        """
        if not 0 < factor <= 1:
            raise UsageError(f"the factor must be above 0 and at most 1, but got {factor}")
        if factor == 1:
            return self
        # A copy of the indices, since what rounds to zero is then removed.
        joint: SparseRows = csr_array(
            (rounded_to_steps(self.joint.data * factor), self.joint.indices, self.joint.indptr),
            shape=self.joint.shape,
            copy=True,
        )
        joint.eliminate_zeros()
        images = float(rounded_to_steps(np.array([self.n_images * factor]))[0])
        return self._with(joint, images, STEP)

    def over(self, vocabulary: Vocabulary) -> "Counts":
        """The same counts over another vocabulary, labels matched by name or alias.

        A label that is new has no images; one that the vocabulary lacks is left out, its images
        stay counted.

        Raises:
            DataError: If labels of this vocabulary are one in the other and counts of pairs do not
                determine its counts, see `revise`.
        """
        if vocabulary == self.vocabulary and vocabulary.aliases == self.vocabulary.aliases:
            return self
        numbers = (vocabulary.get(name) for name in self.vocabulary)
        moved = np.array([-1 if number is None else number for number in numbers], np.int64)
        return self._moved(vocabulary, moved)

    def revise(
        self,
        changes: Mapping[str, str | None] | Revision,
        aliases: Mapping[str, str] | None = None,
    ) -> "Counts":
        """Counts as if the images had other tags: renamed, removed, and merged where that is exact.

        Counts of pairs are enough for a merged tag if the merged ones never meet, or one
        implies the other, or no third tag meets both; otherwise triples would have to be known.

        Args:
            changes: For each tag the tag that it becomes, or None if it is removed; or a
                `Revision`.
            aliases: Further names, each with the tag that it stands for.

        Returns:
            The counts, exact. Images of which all tags are removed stay counted.

        Raises:
            UsageError: If a tag is unknown, would become itself again over others, or nothing
                would change.
            DataError: If the counts do not determine those of a merged tag.

        Examples:
            >>> from labelsphere.annotations import Annotations
            >>> from labelsphere.space import count_cooccurrence
            >>> tags = Annotations.from_lists([["auto", "road"], ["car", "road"], ["car"]])
            >>> count_cooccurrence(tags).revise({"auto": "car"}).joint.toarray()
            array([[3., 2.],
                   [2., 2.]])
        """
        return self._moved(*Revision.of(changes, aliases).apply(self.vocabulary))

    def joined(self, other: "Counts") -> "Counts":
        """Counts of both sets of images over both vocabularies.

        The labels keep their numbers; those that only the other has follow, see
        `Vocabulary.joined`.

        Raises:
            UsageError: If one counts confidences and the other images.
            DataError: If there are too many images for exact sums.
        """
        both = self.vocabulary.joined(other.vocabulary)
        return self.over(both) + other.over(both)

    def save(self, folder: str | Path, *, overwrite: bool = False) -> None:
        """Write ``config.json``, ``counts.safetensors`` and ``labels.parquet``.

        Args:
            folder: Where to write. It appears whole or not at all.
            overwrite: Whether a folder with contents may be replaced.

        Raises:
            ArtefactError: If the folder is taken.
        """
        joint = self.joint
        with new_folder(folder, overwrite=overwrite) as beside:
            write_labels(beside, self.vocabulary, self.whole_occurrences)
            arrays = {"data": joint.data, "indices": joint.indices, "indptr": joint.indptr}
            save_file(arrays, beside / "counts.safetensors")
            values: dict[str, Json] = {
                "vocabulary": self.vocabulary.fingerprint(),
                "images": self.n_images,
                "weighted": self.weighted,
                "step": self.step,
            }
            write_config(beside, _KIND, _FORMAT, values)

    @classmethod
    def load(cls, folder: str | Path) -> "Counts":
        """Read what `save` wrote.

        Raises:
            ArtefactError: If the folder is missing, damaged or of another kind.
        """
        folder = Path(folder)
        config = read_config(folder, _KIND, _FORMAT)
        vocabulary, _ = read_checked_labels(folder, config.get("vocabulary"))
        path = folder / "counts.safetensors"
        arrays = read_arrays(path, ["data", "indices", "indptr"])
        try:
            joint: SparseRows = csr_array(tuple(arrays), shape=(len(vocabulary), len(vocabulary)))
            joint.check_format(full_check=True)
            weighted, step = config.get("weighted", False), config.get("step", 1.0)
            return cls(vocabulary, joint, float(config["images"]), bool(weighted), float(step))
        except (DataError, ValueError, TypeError, KeyError) as error:
            raise damaged(path, error) from error

    def _moved(self, vocabulary: Vocabulary, targets: IntArray) -> "Counts":
        """Give each label a new number, -1 for none; labels of one number are merged."""
        joint, targets = merge_labels(self.vocabulary, self.joint, self.n_images, targets)
        size = len(vocabulary)
        old = np.flatnonzero(targets >= 0)
        kept = joint if len(old) == len(targets) else csr_array(joint[old][:, old])
        rows = np.repeat(targets[old], np.diff(kept.indptr))
        entries = (kept.data, (rows, targets[old][kept.indices]))
        moved: SparseRows = csr_array(entries, shape=(size, size))
        moved.sort_indices()
        return Counts.trusted(vocabulary, moved, self.n_images, self.weighted, self.step)

    def _check_alike(self, other: "Counts", verb: str) -> None:
        if self.vocabulary != other.vocabulary:
            raise UsageError(
                f"counts of different vocabularies ({len(self.vocabulary)} and "
                f"{len(other.vocabulary)} labels) do not {verb}; count both over one vocabulary, "
                "or bring them over one, see Counts.over and Counts.joined"
            )
        if self.weighted != other.weighted:
            raise UsageError(
                f"counts of confidences and counts of images do not {verb}; count both with or "
                "both without weights"
            )

    def _with(self, joint: SparseRows, n_images: float, step: float) -> "Counts":
        joint.sort_indices()
        return Counts.trusted(self.vocabulary, joint, n_images, self.weighted, step)
