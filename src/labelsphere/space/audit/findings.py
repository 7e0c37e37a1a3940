"""The audit: compare each tag of an image, and each tag it lacks, with its other tags."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from labelsphere.annotations import Annotations
from labelsphere.arrays import DoubleArray, IntArray
from labelsphere.errors import DataError, UsageError
from labelsphere.space.audit.blending import Predictions, blend_weights
from labelsphere.space.audit.evidence import CountEvidence, SpaceEvidence
from labelsphere.space.audit.linear import MOST_LABELS, LinearEvidence
from labelsphere.space.label_space import LabelSpace

_SCORES_AT_ONCE = 1 << 22

Kind = Literal["missing", "doubtful"]


@dataclass(frozen=True)
class Finding:
    """A tag to look at.

    Attributes:
        row: Row of the image.
        image: Its name.
        label: The tag.
        kind: ``"missing"``: the image lacks it and probably should not; ``"doubtful"``: the image
            has it, and it fits the others badly.
        score: The higher, the surer; comparable within a kind and an audit.
    """

    row: int
    image: str
    label: str
    kind: Kind
    score: float


@dataclass(frozen=True)
class Audit:
    """Results of an audit, surest first.

    Attributes:
        missing: Tags that images probably lack.
        doubtful: Tags that fit their image badly.
        judged: Tags that could be judged; a tag that is alone on its image cannot.
    """

    missing: list[Finding]
    doubtful: list[Finding]
    judged: int


def audit_tags(
    tags: Annotations,
    *,
    space: LabelSpace | None = None,
    predictions: Predictions | None = None,
    missing: int = 100,
    doubtful: int = 100,
    per_image: int = 5,
    progress: Callable[[int], None] | None = None,
) -> Audit:
    """Rank tags that images probably lack and tags that fit them badly (§3.3.2).

    A tag is scored against the other tags of its image, never against itself. Missing tags are
    ranked by a linear regression of each tag on all others (`LinearEvidence`), doubtful ones by
    mutual information from counts that leave the image out (`CountEvidence`): each finds its kind
    better. Beyond `labelsphere.space.audit.linear.MOST_LABELS` labels, and by a space, missing
    tags are ranked by the evidence for doubtful ones plus log p, their prior.

    Args:
        tags: Images and their tags.
        space: Judge by this space's points in place of the tags' own counts; best if it was made
            from other images.
        predictions: A tagger's scores of the same images, best of one that was not trained on them.
            How much they count beside the tags is learned from the tags themselves.
        missing: How many missing tags to return.
        doubtful: How many doubtful tags to return.
        per_image: At most so many missing tags of one image.
        progress: Called with the number of images done and of all.

    Returns:
        The findings.

    Raises:
        UsageError: If a number is out of range, or the space has another vocabulary.
        DataError: If no image has two tags, so that none can be held against another.

    Examples:
        >>> rows = [["fork", "knife"]] * 8 + [["zebra", "savanna"]] * 8
        >>> rows.append(["fork", "zebra", "knife"])
        >>> found = audit_tags(Annotations.from_lists(rows), doubtful=1)
        >>> found.doubtful[0].row, found.doubtful[0].label
        (16, 'zebra')
    """
    if min(missing, doubtful) < 0 or per_image < 1:
        raise UsageError(
            "missing and doubtful must be 0 or more and per_image 1 or more, but got "
            f"{missing}, {doubtful} and {per_image}"
        )
    if tags.n_images and np.diff(tags.matrix.indptr).max() < 2 and predictions is None:
        raise DataError("no image has two tags, so there is nothing to hold a tag against")
    evidence = CountEvidence(tags) if space is None else SpaceEvidence(tags, space)
    log_prior = np.log((tags.label_counts() + 0.5) / (tags.n_images + 1.0))
    linear = space is None and tags.n_labels <= MOST_LABELS
    absences = LinearEvidence.fit_to(tags) if linear else evidence
    prior_weight = 0.0 if linear else evidence.prior_weight
    fit_weights, absent_weights = np.array([1.0, 0.0]), np.array([1.0, prior_weight, 0.0])
    if predictions is not None:
        fit_weights, absent_weights = blend_weights(
            tags, evidence, absences, predictions, log_prior
        )
    present = np.repeat(np.arange(tags.n_images), np.diff(tags.matrix.indptr))
    fits = evidence.fit(present, tags.matrix.indices.astype(np.int64))
    wrong = -_known(fit_weights[0] * fits, predictions is not None)
    best: list[tuple[DoubleArray, IntArray, IntArray]] = []
    step = max(1, _SCORES_AT_ONCE // max(1, tags.n_labels))
    for start in range(0, tags.n_images, step):
        stop = min(start + step, tags.n_images)
        entries = slice(tags.matrix.indptr[start], tags.matrix.indptr[stop])
        rows, labels = present[entries] - start, tags.matrix.indices[entries]
        support = absences.candidates(start, stop)
        # Under a weight of 0, no support stays no support.
        weighed = absent_weights[0] * np.where(np.isneginf(support), 0.0, support)
        scores = np.where(np.isneginf(support), -np.inf, weighed + absent_weights[1] * log_prior)
        if predictions is not None:
            seen = predictions.rows(start, stop).astype(np.float64)
            wrong[entries] -= fit_weights[1] * seen[rows, labels]
            # What no tag supports may still be seen.
            scores = (
                np.where(
                    np.isneginf(scores), scores.min(initial=0, where=np.isfinite(scores)), scores
                )
                + absent_weights[2] * seen
            )
        scores[rows, labels] = -np.inf
        best.append(_best(scores, start, per_image, missing))
        if progress is not None:
            progress(stop)
    values, images, numbers = (np.concatenate(parts) for parts in zip(*best, strict=True))
    first = np.lexsort((numbers, images, -values))[:missing]
    order = np.argsort(np.where(np.isnan(wrong), np.inf, -wrong), kind="stable")
    order = order[~np.isnan(wrong[order])][:doubtful]
    return Audit(
        [
            _finding(tags, images[k], numbers[k], "missing", values[k])
            for k in first
            if np.isfinite(values[k])
        ],
        [_finding(tags, present[k], tags.matrix.indices[k], "doubtful", wrong[k]) for k in order],
        int(np.count_nonzero(~np.isnan(wrong))),
    )


def _best(
    scores: DoubleArray, start: int, per_image: int, most: int
) -> tuple[DoubleArray, IntArray, IntArray]:
    """The best few of each row, and of these the best ``most``: values, images, labels."""
    width = min(per_image, scores.shape[1])
    labels = np.argpartition(-scores, width - 1, axis=1)[:, :width].astype(np.int64)
    values = np.take_along_axis(scores, labels, axis=1).ravel()
    images = np.repeat(np.arange(start, start + len(scores)), width)
    kept = np.argsort(-values, kind="stable")[:most]
    return values[kept], images[kept], labels.ravel()[kept]


def _finding(tags: Annotations, row: int, label: int, kind: Kind, score: float) -> Finding:
    return Finding(
        int(row), tags.image_ids[int(row)], tags.vocabulary[int(label)], kind, float(score)
    )


def _known(values: DoubleArray, otherwise_judged: bool) -> DoubleArray:
    """NaN as 0, no evidence, where something else judges the tag as well."""
    return np.nan_to_num(values) if otherwise_judged else values
