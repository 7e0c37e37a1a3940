"""One trained network read in several ways, each against a tagger with that decoder."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from labelsphere.arrays import FloatArray
from labelsphere.comparison.bench import Bench
from labelsphere.comparison.families import Trained, base
from labelsphere.comparison.runs import new_tagger
from labelsphere.metrics import Scores
from labelsphere.recipes import parse_recipe

READINGS = ("both", "tag_sets_10", "both_and_tag_sets_10", "both")


def whole(scores: Scores) -> FloatArray:
    return scores.rows(0, scores.shape[0])


@pytest.mark.parametrize("most", [0, 1 << 27])
def test_every_reading_scores_like_a_tagger_with_its_decoder(
    bench: Bench, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(base, "_MOST_SCORES", most)
    tagger = new_tagger(bench, parse_recipe("sphere+dim=3"), 0)
    run, rows = Trained(bench, tagger), bench.protocol.val
    bias = torch.linspace(-1, 1, 12)
    for reading in READINGS:
        tagger.architecture = replace(tagger.architecture, decoder=reading)
        wanted = whole(tagger.scores(bench.inputs, rows))
        read = run.read_by(reading)
        np.testing.assert_allclose(whole(read.scores(rows)), wanted, rtol=1e-4, atol=1e-5)
        found = whole(read.scores(rows, bias))
        np.testing.assert_allclose(found, wanted + bias.numpy(), rtol=1e-4, atol=1e-5)
        assert read.scores(bench.protocol.test[:2]).shape == (2, 12)


def test_readings_share_what_the_network_predicts(bench: Bench) -> None:
    run = Trained(bench, new_tagger(bench, parse_recipe("sphere+dim=3"), 0))
    assert run.read_by(None) is run
    points = [run.read_by(reading).points(bench.protocol.val) for reading in READINGS]
    assert all(one is points[0] for one in points)


def test_a_method_that_names_its_decoder_keeps_it(bench: Bench) -> None:
    run = Trained(bench, new_tagger(bench, parse_recipe("sphere+dim=3+decoder=point"), 0))
    assert run.read_by(None).tagger.architecture.decoder == "point"
