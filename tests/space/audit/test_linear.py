"""EASE: ordinary ridge regressions, and hidden tags that it finds."""

import numpy as np
import pytest
from scipy.sparse import csr_array

from labelsphere.annotations import Annotations
from labelsphere.space.audit import CountEvidence, LinearEvidence
from labelsphere.space.audit.linear import _PENALTIES, regression_weights


def table(seed: int = 0, images: int = 400) -> Annotations:
    """Scenes with five tags each, of which an image has some, and noise."""
    random = np.random.default_rng(seed)
    scene = random.integers(0, 4, images)
    given = random.random((images, 20)) < 0.03
    for number in range(4):
        mine = scene == number
        block = slice(5 * number, 5 * number + 5)
        given[mine, block] |= random.random((int(mine.sum()), 5)) < [0.9, 0.7, 0.6, 0.5, 0.2]
    names = [f"tag {number:02}" for number in range(20)]
    return Annotations.from_lists(
        [[name for name, on in zip(names, row, strict=True) if on] for row in given]
    )


def test_weights_are_ridge_regressions_of_each_tag_on_the_others() -> None:
    random = np.random.default_rng(0)
    rows = (random.random((60, 9)) < 0.3).astype(float)
    found = regression_weights(csr_array(rows), 7.0)
    for label in range(9):
        others = np.delete(np.arange(9), label)
        design = rows[:, others]
        ridge = design.T @ design + 7.0 * np.eye(8)
        expected = np.linalg.solve(ridge, design.T @ rows[:, label])
        np.testing.assert_allclose(found[others, label], expected, atol=1e-10)
        assert found[label, label] == 0


def test_support_is_the_sum_over_the_other_tags() -> None:
    tags = table()
    evidence = LinearEvidence.fit_to(tags)
    candidates = evidence.candidates(0, tags.n_images)
    images = np.repeat(np.arange(tags.n_images), 20)
    labels = np.tile(np.arange(20), tags.n_images)
    support = evidence.support(images, labels)
    alone = tags.matrix.toarray().sum(axis=1)[images] - tags.matrix.toarray()[images, labels] == 0
    np.testing.assert_array_equal(np.isnan(support), alone)
    np.testing.assert_allclose(support[~alone], candidates[images, labels][~alone], atol=1e-6)


def test_images_without_tags_support_nothing() -> None:
    tags = Annotations.from_lists([["a", "b"], [], ["a", "b", "c"], ["b", "c"]])
    candidates = LinearEvidence.fit_to(tags).candidates(0, 4)
    assert np.isneginf(candidates[1]).all()
    assert np.isfinite(candidates[[0, 2, 3]]).all()


def test_where_no_image_has_two_tags_there_is_a_penalty_all_the_same() -> None:
    evidence = LinearEvidence.fit_to(Annotations.from_lists([["a"], ["b"], ["a"]]))
    assert evidence.penalty in _PENALTIES
    assert np.isfinite(evidence.weights).all()


@pytest.mark.parametrize("seed", range(2))
def test_hidden_tags_come_earlier_than_by_counts_alone(seed: int) -> None:
    whole = table(seed, 1200)
    random = np.random.default_rng(seed)
    dense = whole.matrix.toarray() > 0
    hidden = []
    for image in np.flatnonzero(dense.sum(axis=1) >= 3)[::3].tolist():
        label = int(random.choice(np.flatnonzero(dense[image])))
        dense[image, label] = False
        hidden.append((image, label))
    names = whole.vocabulary.names
    tags = Annotations.from_lists(
        [[name for name, on in zip(names, row, strict=True) if on] for row in dense],
        vocabulary=whole.vocabulary,
    )
    log_prior = np.log(tags.label_counts() / tags.n_images)

    def recall(scores: np.ndarray) -> float:
        scores = np.where(dense, -np.inf, scores)
        return float(np.mean([scores[i].argmax() == label for i, label in hidden]))

    by_line = recall(LinearEvidence.fit_to(tags).candidates(0, tags.n_images))
    by_counts = recall(CountEvidence(tags).candidates(0, tags.n_images) + log_prior)
    assert by_line > 0.5
    assert by_line >= by_counts
