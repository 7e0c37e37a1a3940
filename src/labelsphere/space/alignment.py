"""Bringing tags and labels of another vocabulary to the space's own."""

from dataclasses import replace

import numpy as np

from labelsphere.annotations import Annotations, Vocabulary
from labelsphere.errors import UsageError


def align_annotations(annotations: Annotations, vocabulary: Vocabulary) -> Annotations:
    """The same annotations over another vocabulary, labels matched by name or alias.

    Args:
        annotations: Over any vocabulary.
        vocabulary: The labels to keep, in their order, and the other names they go by.

    Returns:
        Annotations over ``vocabulary``; their report counts the tags left out.
    """
    if annotations.vocabulary == vocabulary:
        return replace(annotations, vocabulary=vocabulary) if vocabulary.aliases else annotations
    target = np.array(
        [-1 if (n := vocabulary.get(name)) is None else n for name in annotations.vocabulary],
        np.int64,
    )
    known = target >= 0
    unknown = dict(annotations.report.unknown_tags)
    left_out = np.where(known, 0, annotations.label_counts())
    for number in np.flatnonzero(left_out).tolist():
        name = annotations.vocabulary[number]
        unknown[name] = unknown.get(name, 0) + int(left_out[number])
    report = replace(annotations.report, unknown_tags=unknown)
    return replace(annotations.move(target, vocabulary), report=report)


def check_same_vocabulary(given: Vocabulary, expected: Vocabulary) -> None:
    """Refuse a vocabulary that differs from a space's in names or order.

    Raises:
        UsageError: If they differ; the message says where.
    """
    if given == expected:
        return
    pairs = zip(given, expected, strict=False)
    differing = [(i, a, b) for i, (a, b) in enumerate(pairs) if a != b][:1]
    where = "".join(f"; label {i} is {a!r} and should be {b!r}" for i, a, b in differing)
    raise UsageError(
        f"the vocabulary of {len(given)} labels does not fit the space's {len(expected)}{where}; "
        "map annotations onto the space with space.align(annotations)"
    )


def unknown_label(label: str, vocabulary: Vocabulary) -> UsageError:
    """The error for a label that the vocabulary does not have, with close spellings."""
    hint = ", ".join(repr(name) for name in vocabulary.close_to(label))
    return UsageError(
        f"no label {label!r} among the space's {len(vocabulary)}"
        + (f"; close spellings: {hint}" if hint else "; labels.parquet in its folder lists them")
    )
