"""Conversion of (image, tag, confidence) triples to a vocabulary and sparse rows."""

from unicodedata import is_normalized, normalize

import numpy as np
import polars as pl
from scipy.sparse import csr_array

from labelsphere.annotations.distinct import as_enum, names_of
from labelsphere.annotations.letters import plain_letters
from labelsphere.annotations.report import ReadReport
from labelsphere.annotations.spelling import fold
from labelsphere.annotations.vocabulary import Vocabulary
from labelsphere.arrays import FloatArray, IntArray, SparseRows

_MOST_COMPARED = 1000


def assemble(
    rows: IntArray,
    tags: pl.Series,
    confidences: FloatArray | None,
    *,
    n_images: int,
    vocabulary: Vocabulary | None = None,
    min_count: int = 1,
    report: ReadReport,
) -> tuple[Vocabulary, SparseRows]:
    """Number the tags and build sparse rows.

    Args:
        rows: Row of the image of each triple, (triples,) int64, in any order.
        tags: Tag of each triple, (triples,) strings or an Enum, without nulls.
        confidences: Confidence of each triple, (triples,) float32 above 0; None for all 1. A
            repeated tag of an image keeps the highest.
        n_images: Number of images, with those without a triple.
        vocabulary: The labels to keep, also by their aliases; if None, all that occur, in
            alphabetical order.
        min_count: Drop labels on fewer images. Only without a vocabulary.
        report: Report to which the counts of dropped tags are added.

    Returns:
        The vocabulary, and the matrix of `Annotations.matrix`.
    """
    tags = as_enum(tags)
    codes = tags.to_physical().to_numpy()
    uses = np.bincount(codes, minlength=len(names_of(tags)))
    plain = _composed(names_of(tags), uses, report)
    if vocabulary is not None:
        # Before numbering, so that two names of one tag count as a repeated tag.
        plain = plain.replace(_other_names(vocabulary))
    names = plain.filter(uses > 0).unique().sort()
    renumbered = plain.cast(pl.Enum(names), strict=False).to_physical().fill_null(0)
    numbers = renumbered.to_numpy().astype(np.int64)[codes]
    # One sortable key per triple: by row, then by tag.
    keys = rows * max(len(names), 1) + numbers
    order = np.argsort(keys, kind="stable")
    keys = keys[order]
    starts = np.flatnonzero(np.diff(keys, prepend=-1))
    kept = keys[starts]
    values = np.ones(len(kept), np.float32)
    if confidences is not None and len(kept):
        values = np.maximum.reduceat(confidences[order], starts)
    report.duplicate_tags += len(keys) - len(kept)
    rows, numbers = np.divmod(kept, max(len(names), 1))

    counts = np.bincount(numbers, minlength=len(names))
    if vocabulary is None:
        common = counts >= min_count
        report.rare_labels += int((~common).sum())
        vocabulary = Vocabulary(names.filter(pl.Series(common)).to_list())
        targets = np.where(common, np.cumsum(common) - 1, -1)
    else:
        known = (vocabulary.get(name) for name in names)
        targets = np.array([-1 if number is None else number for number in known], np.int64)
        for number in np.flatnonzero(targets < 0):
            unknown = report.unknown_tags
            unknown[names[int(number)]] = unknown.get(names[int(number)], 0) + int(counts[number])
        _report_alike(report, vocabulary)
    placed = targets[numbers] >= 0
    ends = np.searchsorted(rows[placed], np.arange(n_images + 1))
    matrix = csr_array(
        (values[placed].astype(np.float32), targets[numbers[placed]], ends),
        shape=(n_images, len(vocabulary)),
    )
    matrix.sort_indices()
    return vocabulary, matrix


def _composed(names: pl.Series, uses: IntArray, report: ReadReport) -> pl.Series:
    """Give names that look the same one spelling; ``uses`` has the number of their uses."""
    plain = plain_letters(names)
    # A tag of invisible letters only is kept, because nothing would be left of it.
    differing = (names != plain) & (plain != "")
    if not differing.any():
        return names
    hidden = differing & (names.str.normalize("NFC") != plain)
    report.composed_tags += int(uses[(differing & ~hidden).to_numpy()].sum())
    report.hidden_letters += int(uses[hidden.to_numpy()].sum())
    return pl.select(pl.when(differing).then(plain).otherwise(names)).to_series()


def _other_names(vocabulary: Vocabulary) -> dict[str, str]:
    """Return aliases in composed letters, each with its label."""
    labels = set(vocabulary.names)
    composed = {normalize("NFC", n): n for n in vocabulary if not is_normalized("NFC", n)}
    other = {name: label for name, label in composed.items() if name not in labels}
    return other | {normalize("NFC", alias): n for alias, n in vocabulary.aliases.items()}


def _report_alike(report: ReadReport, vocabulary: Vocabulary) -> None:
    """Report labels with the same letters as the most common unknown tags."""
    unknown = report.unknown_tags
    often = sorted(unknown, key=lambda tag: (-unknown[tag], tag))[:_MOST_COMPARED]
    if not often:
        return
    letters = {fold(name): name for name in reversed(vocabulary.names)}
    for tag in often:
        label = letters.get(fold(tag))
        if label is not None:
            report.alike[tag] = label
