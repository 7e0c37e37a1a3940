"""A calibration as a graph, against the calibration itself."""

import numpy as np
import onnxruntime
import pytest
from scipy.special import expit

from labelsphere.tagger import Tagger
from labelsphere.tagger.export.calibrating import add_log_odds
from labelsphere.tagger.export.graph import Graph


def in_runtime(tagger: Tagger, scores: np.ndarray) -> np.ndarray:
    assert tagger.calibration is not None
    graph = Graph()
    given = graph.input("scores", np.float32, ["batch", scores.shape[1]])
    odds = add_log_odds(graph, tagger.calibration, given)
    graph.output(odds, "odds", np.float32, ["batch", scores.shape[1]])
    model = graph.model("calibration", {}).SerializeToString()
    found: np.ndarray = onnxruntime.InferenceSession(model).run(["odds"], {"scores": scores})[0]
    return found


@pytest.mark.parametrize("spread", [0.1, 3.0, 100.0])
def test_probabilities_are_those_of_the_calibration(calibrated: Tagger, spread: float) -> None:
    assert calibrated.calibration is not None
    random = np.random.default_rng(0)
    scores = (spread * random.standard_normal((40, len(calibrated.vocabulary)))).astype(np.float32)
    expected = calibrated.calibration.probabilities(scores)
    np.testing.assert_allclose(expit(in_runtime(calibrated, scores)), expected, atol=1e-5)


def test_impossible_scores_stay_impossible(calibrated: Tagger) -> None:
    assert calibrated.calibration is not None
    scores = np.zeros((3, len(calibrated.vocabulary)), np.float32)
    scores[0, 1] = -np.inf
    scores[1] = -np.inf
    odds = in_runtime(calibrated, scores)
    assert not np.isnan(odds).any()
    assert (np.isneginf(odds) == np.isneginf(scores)).all()
    np.testing.assert_allclose(expit(odds), calibrated.calibration.probabilities(scores), atol=1e-5)
