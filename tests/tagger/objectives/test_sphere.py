"""The recommended objective against the sum of its terms, its start, and a training."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

from labelsphere.annotations import Annotations, Vocabulary
from labelsphere.arrays import AnyArray, SparseRows
from labelsphere.errors import UsageError
from labelsphere.space import LabelSpace
from labelsphere.tagger import Architecture, Tagger
from labelsphere.tagger.label_batch import LabelBatch
from labelsphere.tagger.label_context import LabelContext
from labelsphere.tagger.objectives import OBJECTIVES, CosineProximity, Logistic, prior_log_odds
from labelsphere.tagger.objectives.likelihood import tag_likelihood
from labelsphere.tagger.objectives.posterior import Posterior
from labelsphere.tagger.objectives.sphere import MOST_CLASSIFIED, Sphere
from tests.tagger.plain_training import best_labels, learns_planted_tags

CPU = torch.device("cpu")
COUNTS = np.array([5, 0, 3, 9, 1, 1, 2])
ROWS = np.array([1, 2, 3, 4, 0, 8])
Spaces = Callable[..., LabelSpace]
Rows = Callable[..., SparseRows]


def context(space: LabelSpace) -> LabelContext:
    return LabelContext(space.vocabulary, COUNTS, 9, space)


@pytest.mark.parametrize("classifier", [False, True])
@pytest.mark.parametrize(("cosine", "likelihood"), [(1, 1), (0, 1), (2.5, 0), (0.5, 0.3)])
def test_the_loss_is_the_sum_of_its_terms(
    random_space: Spaces, random_rows: Rows, classifier: bool, cosine: float, likelihood: float
) -> None:
    space, batch = random_space(1, unplaced=(2,)), LabelBatch.from_rows(random_rows(1), ROWS, CPU)
    outputs = torch.randn((len(ROWS), 4 + 7), generator=torch.manual_seed(1))
    objective = Sphere(
        context(space), space, classifier=classifier, cosine=cosine, likelihood=likelihood
    )
    assert objective.width == (4 + 7 if classifier else 4)
    assert objective.outputs == ("both" if classifier else "points")
    loss = objective(outputs[:, : objective.width], batch)
    points = outputs[:, :4]
    evidence = points @ torch.from_numpy(space.unit_vectors).T
    evidence = evidence + torch.from_numpy(prior_log_odds(COUNTS, 9))
    expected = cosine * CosineProximity(space)(points, batch).item()
    expected += likelihood * tag_likelihood(evidence, batch).item()
    if classifier:
        expected += Logistic(COUNTS, 9)(outputs[:, 4:], batch).item()
    assert loss.dtype == torch.float32
    assert loss.item() == pytest.approx(expected, rel=1e-5)


def test_starts_at_the_mean_direction_and_the_prior(random_space: Spaces) -> None:
    space, head = random_space(0, unplaced=(1,)), torch.nn.Linear(64, 4 + 7)
    Sphere(context(space), space).initialise(head)
    pointing, classifying = torch.nn.Linear(64, 4), torch.nn.Linear(64, 7)
    Posterior(context(space), space).initialise(pointing)
    Logistic(COUNTS, 9).initialise(classifying)
    expected = torch.cat([pointing.bias, classifying.bias]).detach()
    torch.testing.assert_close(head.bias.detach(), expected)
    assert head.weight.std().item() == pytest.approx(0.01, rel=0.3)


def test_has_log_odds_for_small_vocabularies_and_needs_a_space(random_space: Spaces) -> None:
    space = random_space(0)
    objective = OBJECTIVES["sphere"].build(context(space))
    assert isinstance(objective, Sphere)
    assert objective.width == 4 + 7
    with pytest.raises(UsageError, match="'sphere' needs a label space"):
        OBJECTIVES["sphere"].build(LabelContext(space.vocabulary, COUNTS, 9))
    many = random_space(0, labels=MOST_CLASSIFIED + 1)
    counts = np.ones(MOST_CLASSIFIED + 1, np.int64)
    assert Sphere.build(LabelContext(many.vocabulary, counts, 9, many)).width == 4


def test_a_training_learns_tags_and_is_kept(
    planted_features: Callable[..., tuple[Annotations, AnyArray]], tmp_path: Path
) -> None:
    again, inputs, best = learns_planted_tags("sphere", *planted_features(), tmp_path)
    space = again.space
    assert space is not None
    # Labels keep their numbers in training, whatever their order is now.
    turned = LabelSpace(
        Vocabulary(list(space.vocabulary)[::-1]),
        space.vectors[::-1].copy(),
        space.counts[::-1].copy(),
    )
    other = again.with_space(turned)
    other.save(f"{tmp_path}/turned")
    for tagger in (other, Tagger.load(f"{tmp_path}/turned")):
        found = best_labels(tagger, inputs)
        np.testing.assert_array_equal(len(space.vocabulary) - 1 - found, best)
    with pytest.raises(UsageError, match="points of a label space and logits together"):
        Tagger(
            Architecture("mlp", {"hidden": 64}, objective="sphere", decoder="cosine"),
            again.labels,
            inputs.settings(),
            inputs.sample_shape,
        )
