"""How often labels occur, alone and together (§3.1): counts that add up."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file
from scipy.sparse import csr_array

from labelsphere.annotations import Annotations, Vocabulary
from labelsphere.annotations.label_table import write_labels
from labelsphere.arrays import DoubleArray, IntArray, SparseRows
from labelsphere.artefact import new_folder, read_config, write_config
from labelsphere.errors import DataError, UsageError
from labelsphere.space.presence import confidence_rows, presence_rows
from labelsphere.space.storage import damaged, read_arrays, read_checked_labels

_PAIRS_AT_ONCE = 1 << 22
_KIND, _FORMAT = "counts", 1


@dataclass(frozen=True, eq=False)
class Counts:
    """Numbers of images that hold a label, and that hold two labels together.

    Attributes:
        vocabulary: The labels; a label's number is its row and column in ``joint``.
        joint: CSR, labels × labels, float64, symmetric, sorted indices. Off the diagonal the
            number of images with both labels, on it the number with the label.
        n_images: Number of images counted, those without any tag included.

    Raises:
        DataError: If ``joint`` is no labels × labels matrix of finite values of 0 or above, is
            not symmetric, or counts more images than ``n_images`` or than the label occurs in.

    Examples:
        >>> tags = Annotations.from_lists([["a", "b"], ["a", "b"], ["a"], ["c"]])
        >>> counts = count_cooccurrence(tags)
        >>> counts.joint.toarray()
        array([[3., 2., 0.],
               [2., 2., 0.],
               [0., 0., 1.]])
        >>> (counts + counts).n_images
        8.0
    """

    vocabulary: Vocabulary
    joint: SparseRows
    n_images: float

    def __post_init__(self) -> None:
        """Check that the counts can be counts of something."""
        size = len(self.vocabulary)
        if self.joint.shape != (size, size):
            raise DataError(f"counts must be {size} × {size} labels, but got {self.joint.shape}")
        data = self.joint.data
        if not np.isfinite(data).all() or (data < 0).any():
            raise DataError("counts must be 0 or above; got a negative, NaN or infinite one")
        if abs(self.joint - self.joint.T).max() > 0:
            raise DataError("counts must be symmetric: a with b as often as b with a")
        once = self.occurrences
        slack = 1 + 1e-9  # sums of confidences round
        if not np.isfinite(self.n_images) or (size and once.max() > self.n_images * slack):
            raise DataError(f"a label occurs in more images than the {self.n_images:g} counted")
        rows = np.repeat(np.arange(size), np.diff(self.joint.indptr))
        if (data > once[rows] * slack).any():
            raise DataError("two labels occur together more often than one of them occurs at all")

    @property
    def occurrences(self) -> DoubleArray:
        """Number of images of each label, (labels,) float64: the diagonal."""
        return np.asarray(self.joint.diagonal(), np.float64)

    @property
    def whole_occurrences(self) -> IntArray:
        """The same in whole images, (labels,) int64, rounded where confidences were counted."""
        return np.rint(self.occurrences).astype(np.int64)

    def __add__(self, other: "Counts") -> "Counts":
        """Counts of both sets of images together.

        Raises:
            UsageError: If the vocabularies differ.
        """
        if not isinstance(other, Counts):
            return NotImplemented
        if self.vocabulary != other.vocabulary:
            raise UsageError(
                f"counts of different vocabularies ({len(self.vocabulary)} and "
                f"{len(other.vocabulary)} labels) do not add up; count both over one vocabulary"
            )
        joint: SparseRows = csr_array(self.joint + other.joint)
        joint.sort_indices()
        return Counts(self.vocabulary, joint, self.n_images + other.n_images)

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
            values = {"vocabulary": self.vocabulary.fingerprint(), "images": self.n_images}
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
            return cls(vocabulary, joint, float(config["images"]))
        except (DataError, ValueError, TypeError, KeyError) as error:
            raise damaged(path, error) from error


def count_cooccurrence(
    tags: Annotations | SparseRows,
    vocabulary: Vocabulary | Sequence[str] | None = None,
    *,
    weighted: bool = False,
) -> Counts:
    """Count labels and pairs of labels over images: Yᵀ·Y for the binary Y.

    Args:
        tags: Annotations, or CSR images × labels. Values are confidences.
        vocabulary: The labels of a CSR; annotations bring their own.
        weighted: False: an image with a tag counts 1, whatever its confidence. True: it counts
            its confidence, and a pair the smaller of its two, so that a label with itself
            counts its own confidence and no pair counts more than either label.

    Returns:
        The counts.

    Raises:
        UsageError: If the vocabulary is missing, given twice, or of another size.
        DataError: If a value of the CSR is negative or not finite, or above 1 where weighted.
    """
    if isinstance(tags, Annotations):
        if vocabulary is not None:
            raise UsageError("annotations have a vocabulary of their own; give none beside them")
        vocabulary, matrix = tags.vocabulary, tags.matrix
    elif vocabulary is None:
        raise UsageError("a sparse matrix does not name its labels; give a vocabulary with it")
    else:
        vocabulary = vocabulary if isinstance(vocabulary, Vocabulary) else Vocabulary(vocabulary)
        matrix = tags
    if matrix.shape[1] != len(vocabulary):
        raise UsageError(
            f"tags have {matrix.shape[1]} columns, the vocabulary {len(vocabulary)} labels; "
            "expected one column a label"
        )
    if weighted:
        joint = _smaller_confidences(confidence_rows(matrix))
    else:
        present = presence_rows(matrix)
        joint = csr_array(present.T @ present)
    joint.sort_indices()
    return Counts(vocabulary, joint, float(matrix.shape[0]))


def _smaller_confidences(rows: SparseRows) -> SparseRows:
    """Sum over images of min(c_i, c_j), labels × labels float64, in blocks of images."""
    if rows.nnz and rows.data.max() > 1:
        raise DataError(f"confidences must be 0 to 1, but got {rows.data.max():g}")
    n_images, n_labels = rows.shape
    above: SparseRows = csr_array((n_labels, n_labels), dtype=np.float64)
    pairs_before = np.concatenate([[0], np.cumsum(np.diff(rows.indptr).astype(np.int64) ** 2)])
    start = 0
    while start < n_images:
        limit = pairs_before[start] + _PAIRS_AT_ONCE
        stop = max(start + 1, int(np.searchsorted(pairs_before, limit, side="right")) - 1)
        above = csr_array(above + _pairs_above(rows[start:stop]))
        start = stop
    # One triangle and its mirror image: two sums of the same terms may round apart.
    mirrored = above + above.T
    mirrored.setdiag(above.diagonal())
    return csr_array(mirrored)


def _pairs_above(rows: SparseRows) -> SparseRows:
    """The same for some images, on and above the diagonal, by writing out every pair."""
    lengths = np.diff(rows.indptr)
    partners = np.repeat(lengths, lengths)
    left = np.repeat(np.arange(rows.nnz), partners)
    within = np.arange(len(left)) - np.repeat(np.cumsum(partners) - partners, partners)
    right = np.repeat(np.repeat(rows.indptr[:-1], lengths), partners) + within
    left, right = left[left <= right], right[left <= right]
    size = rows.shape[1]
    return csr_array(
        (np.minimum(rows.data[left], rows.data[right]), (rows.indices[left], rows.indices[right])),
        shape=(size, size),
    )
