"""Global vectors: the step against loops in plain Python, and what the loss comes to."""

from typing import Any

import numpy as np
import pytest

from labelsphere.annotations import Annotations, Vocabulary
from labelsphere.errors import UsageError
from labelsphere.space import count_cooccurrence
from labelsphere.space.embedders import glove
from labelsphere.space.embedders.glove import _Factorisation, embed_by_glove


def test_an_epoch_is_the_loops_of_the_definition(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(glove, "_PAIRS_A_STEP", 7)
    rng = np.random.default_rng(3)
    labels, dim, rate = 6, 3, 0.1
    rows, columns = np.nonzero(~np.eye(labels, dtype=bool))
    values, weights = rng.normal(size=30), rng.random(30) + 0.5
    ours = _Factorisation(labels, dim, rate, np.random.default_rng(0))
    w, c = ours.sides[0][:, 1:-1].copy(), ours.sides[1][:, 1:-1].copy()
    a, b = ours.sides[0][:, -1].copy(), ours.sides[1][:, 0].copy()
    squares = [np.ones_like(part) for part in (w, c, a, b)]
    loss = ours.epoch(rows, columns, values, weights)

    order_rng = np.random.default_rng(0)
    order_rng.random((labels, dim + 2)), order_rng.random((labels, dim + 2))
    order, total = order_rng.permutation(30), 0.0
    for start in range(0, 30, 7):
        gradients = [np.zeros_like(part) for part in (w, c, a, b)]
        for pair in order[start : start + 7]:
            i, j = rows[pair], columns[pair]
            error = w[i] @ c[j] + a[i] + b[j] - values[pair]
            total += weights[pair] * error**2
            gradients[0][i] += weights[pair] * error * c[j]
            gradients[1][j] += weights[pair] * error * w[i]
            gradients[2][i] += weights[pair] * error
            gradients[3][j] += weights[pair] * error
        for part, gradient, square in zip((w, c, a, b), gradients, squares, strict=True):
            square += gradient**2
            part -= rate * gradient / np.sqrt(square)
    np.testing.assert_allclose(ours.sides[0], np.column_stack([np.ones(labels), w, a]), atol=1e-12)
    np.testing.assert_allclose(ours.sides[1], np.column_stack([b, c, np.ones(labels)]), atol=1e-12)
    assert loss == pytest.approx(total / weights.sum())


def test_long_training_comes_to_the_logarithms_of_the_counts(planted: Any) -> None:
    short = embed_by_glove(planted.tags, 48, epochs=5).facts["loss"]
    long = embed_by_glove(planted.tags, 48, epochs=2000).facts["loss"]
    counts = count_cooccurrence(planted.tags).joint.tocoo()
    apart = counts.coords[0] != counts.coords[1]
    assert short > 0.05
    assert long < 1e-3 * np.var(np.log(counts.data[apart]))


def test_labels_that_are_always_alone_have_no_place() -> None:
    tags = Annotations.from_lists(
        [["a", "b"], ["a", "b"], ["alone"], ["c", "d"]],
        vocabulary=Vocabulary(["a", "alone", "b", "c", "d", "never"]),
    )
    embedding = embed_by_glove(tags, 4)
    assert embedding.vectors.any(axis=1).tolist() == [True, False, True, True, True, False]
    assert embedding.facts["pairs"] == 2


@pytest.mark.parametrize(
    "options", [{"most": 0.0}, {"power": -1.0}, {"epochs": 0}, {"rate": np.nan}, {"seed": -1}]
)
def test_options_out_of_range_are_refused(planted: Any, options: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match="must be at least"):
        embed_by_glove(planted.tags, 4, **options)
