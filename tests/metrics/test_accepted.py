"""Precision, recall and F1 of accepted tags: scikit-learn, and small cases by hand."""

import numpy as np
import pytest
from scipy.sparse import csr_array
from sklearn.metrics import f1_score, precision_score, recall_score

from labelsphere.errors import UsageError
from labelsphere.metrics import ACCEPTED_METRICS, DenseScores, measure_accepted
from labelsphere.metrics import scores as scores_module


def test_as_scikit_learn_has_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scores_module, "BLOCK_CELLS", 70)
    random = np.random.default_rng(0)
    truth = random.random((50, 20)) < 0.2
    truth[:, 4] = False
    scores = random.normal(size=(50, 20)).astype(np.float32) + truth
    scores[:, 5] = -9
    counts = np.repeat([5, 50], 10)
    found = measure_accepted(
        DenseScores(scores), lambda block: block > 0.8, csr_array(truth), counts
    )
    chosen = scores > 0.8
    for values, mask in (
        (found.values, np.ones(20, bool)),
        (found.by_frequency["1-9"], counts == 5),
        (found.by_frequency["30-99"], counts == 50),
    ):
        t, c = truth[:, mask], chosen[:, mask]
        given, there = c.any(axis=0), t.any(axis=0)
        assert values == {
            "micro_precision": pytest.approx(precision_score(t, c, average="micro")),
            "micro_recall": pytest.approx(recall_score(t, c, average="micro")),
            "micro_f1": pytest.approx(f1_score(t, c, average="micro")),
            "macro_precision": pytest.approx(
                precision_score(t[:, given], c[:, given], average="macro", zero_division=0)
            ),
            "macro_recall": pytest.approx(
                recall_score(t[:, there], c[:, there], average="macro", zero_division=0)
            ),
            "macro_f1": pytest.approx(
                f1_score(t[:, there], c[:, there], average="macro", zero_division=0)
            ),
            "accepted_per_image": pytest.approx(c.sum() / 50),
        }
        assert list(values) == list(ACCEPTED_METRICS)


def test_where_nothing_is_accepted_there_is_no_precision() -> None:
    found = measure_accepted(
        DenseScores(np.zeros((3, 2))),
        lambda block: block > 1,
        csr_array([[1, 0], [0, 1], [0, 0]]),
        np.array([3, 3]),
    )
    assert found.values == {
        "micro_recall": 0,
        "micro_f1": 0,
        "macro_recall": 0,
        "macro_f1": 0,
        "accepted_per_image": 0,
    }


def test_shapes_must_fit() -> None:
    with pytest.raises(UsageError, match="truth must be images × labels"):
        measure_accepted(
            DenseScores(np.zeros((3, 2))), lambda b: b > 1, csr_array(np.ones((3, 3))), np.ones(2)
        )
