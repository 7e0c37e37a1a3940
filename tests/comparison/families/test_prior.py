from dataclasses import replace

import numpy as np
import pytest

from labelsphere.comparison.bench import Bench
from labelsphere.comparison.families import SCALES, PriorFamily, Trained
from labelsphere.comparison.runs import new_tagger
from labelsphere.recipes import parse_recipe


def test_the_grid_rises_and_holds_no_change_and_both_units() -> None:
    assert 0.0 in SCALES
    assert list(SCALES) == sorted(set(SCALES))
    assert SCALES[0] <= -4.0
    assert SCALES[-1] >= 2.0
    # No step is so wide that a peak of half its width would be lost.
    taken = np.array([-scale for scale in SCALES if scale < -0.05])
    assert (taken[:-1] / taken[1:]).max() < 1.45


@pytest.mark.parametrize("name", ["logistic", "paper+dim=3", "sphere+dim=3+decoder=tag_sets_5"])
def test_candidates_add_the_scaled_prior_to_the_scores(bench: Bench, name: str) -> None:
    tagger = new_tagger(bench, parse_recipe(name), 0)
    tagger.labels = replace(tagger.labels, counts=np.arange(12))
    trained = Trained(bench, tagger)
    candidates = PriorFamily((-0.5, 0.0, 2.0)).candidates(trained)
    prior = np.log((np.arange(12) + 0.5) / (tagger.labels.n_images + 1.0))
    rows = bench.protocol.val
    plain = tagger.scores(bench.inputs, rows).rows(0, len(rows))
    for candidate, scale in zip(candidates, (-0.5, 0.0, 2.0), strict=True):
        assert candidate.parameters == {"scale": scale}
        assert candidate.size == abs(scale)
        found = candidate.scores(rows).rows(0, len(rows))
        np.testing.assert_allclose(found, plain + scale * prior, rtol=1e-4, atol=1e-5)
