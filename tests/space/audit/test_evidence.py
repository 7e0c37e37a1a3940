"""Evidence against a slow count over all other images, and against the space's own cosine."""

import numpy as np
import pytest

from labelsphere.annotations import Annotations
from labelsphere.errors import UsageError
from labelsphere.space import LabelSpace
from labelsphere.space.audit import CountEvidence, SpaceEvidence


def some_tags(seed: int = 0, images: int = 40, labels: int = 9) -> Annotations:
    random = np.random.default_rng(seed)
    names = [f"tag {i}" for i in range(labels)]
    rows = [[n for n in names if random.random() < 0.3] for _ in range(images)]
    return Annotations.from_lists([*rows, ["tag 0"], []])


TAGS = some_tags()
ROWS = [set(TAGS.tags_of(i)) for i in range(TAGS.n_images)]
PAIRS = [(i, j) for i in range(TAGS.n_images) for j in range(TAGS.n_labels)]
IMAGES, LABELS = (np.array(part) for part in zip(*PAIRS, strict=True))


def counted(image: int, *labels: str) -> int:
    """Images other than one that hold all of some labels."""
    return sum(set(labels) <= row for i, row in enumerate(ROWS) if i != image)


def naive_fit(image: int, label: str) -> float:
    others = sorted(ROWS[image] - {label})
    if not others:
        return float("nan")
    # N is not reduced: one image of many, and the same factor for all of an image's tags.
    values = [
        np.log(
            (counted(image, label, other) + 0.2)
            / (counted(image, label) * counted(image, other) / len(ROWS) + 0.2)
        )
        for other in others
    ]
    return float(np.sum(values) / np.sqrt(len(values)))


def naive_support(image: int, label: str) -> float:
    others = sorted(ROWS[image] - {label})
    if not others:
        return float("nan")
    share = (sum(label in row for row in ROWS) + 0.5) / (len(ROWS) + 1)
    total = 0.0
    for other in others:
        # An image that lacks the label counts for the other's share as any does.
        images = counted(-1 if label not in ROWS[image] else image, other)
        total += np.log((counted(image, label, other) + 3 * share) / (images + 3) / share)
    return float(total / np.sqrt(len(others)))


def test_fit_leaves_the_image_out() -> None:
    found = CountEvidence(TAGS).fit(IMAGES, LABELS)
    expected = [naive_fit(i, TAGS.vocabulary[j]) for i, j in PAIRS]
    np.testing.assert_allclose(found, expected, atol=1e-12)
    assert np.isnan(found).any()


def test_support_is_the_shrunk_share_among_the_other_tags_images() -> None:
    evidence = CountEvidence(TAGS)
    expected = np.array([naive_support(i, TAGS.vocabulary[j]) for i, j in PAIRS])
    np.testing.assert_allclose(evidence.support(IMAGES, LABELS), expected, atol=1e-12)


def test_candidates_are_the_support_of_absent_labels() -> None:
    evidence = CountEvidence(TAGS)
    support = evidence.support(IMAGES, LABELS).reshape(TAGS.n_images, TAGS.n_labels)
    candidates = np.vstack([evidence.candidates(0, 17), evidence.candidates(17, TAGS.n_images)])
    for image, row in enumerate(ROWS):
        for number, label in enumerate(TAGS.vocabulary):
            together = any({label, other} <= another for other in row for another in ROWS)
            if label in row:
                continue
            if together:
                assert candidates[image, number] == pytest.approx(support[image, number])
            else:
                assert candidates[image, number] == -np.inf


def test_blocks_do_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = CountEvidence(TAGS).fit(IMAGES, LABELS)
    monkeypatch.setattr("labelsphere.space.audit.evidence._PAIRS_AT_ONCE", 7)
    np.testing.assert_array_equal(CountEvidence(TAGS).fit(IMAGES, LABELS), whole)


def test_a_space_judges_by_the_cosine_to_the_others() -> None:
    space = LabelSpace.fit(some_tags(seed=1))
    found = SpaceEvidence(TAGS, space).fit(IMAGES, LABELS)
    for value, (image, number) in zip(found, PAIRS, strict=True):
        label = TAGS.vocabulary[number]
        others = sorted(ROWS[image] - {label})
        if not others:
            assert np.isnan(value)
            continue
        point = space.encode([others])[0]
        assert value == pytest.approx(float(point @ space.unit_vectors[number]), abs=1e-5)


def test_a_space_s_candidates_are_cosines_to_the_whole_set() -> None:
    space = LabelSpace.fit(some_tags(seed=1))
    candidates = SpaceEvidence(TAGS, space).candidates(0, TAGS.n_images)
    expected = space.encode(TAGS.matrix) @ space.unit_vectors.T
    tagged = np.diff(TAGS.matrix.indptr) > 0
    np.testing.assert_allclose(candidates[tagged], expected[tagged], atol=1e-6)
    assert np.isneginf(candidates[~tagged]).all()


def test_a_space_of_other_labels_is_refused() -> None:
    with pytest.raises(UsageError, match=r"space\.align"):
        SpaceEvidence(TAGS, LabelSpace.fit(Annotations.from_lists([["a", "b"], ["c"]])))
