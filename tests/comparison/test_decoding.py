from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from labelsphere.comparison.bench import Bench
from labelsphere.comparison.decoder_names import AS_TRAINED, PRIOR_ADJUSTED
from labelsphere.comparison.decoding import SCALES, decoded_results
from labelsphere.comparison.methods import parse_method
from labelsphere.comparison.runs import new_tagger
from labelsphere.metrics import DenseScores
from labelsphere.tagger import Tagger


@pytest.fixture(params=["logistic", "paper+dim=3"])
def tagger(bench: Bench, request: pytest.FixtureRequest) -> Tagger:
    """Untrained, so that the prior makes a difference."""
    return new_tagger(bench, parse_method(request.param), 0)


def test_the_grid_holds_both_directions_and_no_change() -> None:
    assert 0.0 in SCALES
    assert {-scale for scale in SCALES} == set(SCALES)


def test_the_prior_is_scaled_for_the_validation_images_alone(bench: Bench, tagger: Tagger) -> None:
    results = decoded_results(bench, tagger)
    assert list(results) == [AS_TRAINED, *PRIOR_ADJUSTED]
    counts, n_images = tagger.labels.counts, tagger.labels.n_images
    prior = np.log((counts + 0.5) / (n_images + 1.0))

    def values(rows: np.ndarray, scale: float) -> dict[str, float]:
        plain = tagger.scores(bench.inputs, rows).rows(0, len(rows)).astype(np.float64)
        scores = DenseScores(plain + scale * prior)
        return bench.evaluate(scores, rows, per_class=True).values

    assert results[AS_TRAINED]["values"] == pytest.approx(values(bench.protocol.test, 0.0))
    for name, metric in PRIOR_ADJUSTED.items():
        scale = results[name]["scale"]
        of_scales = {s: values(bench.protocol.val, s)[metric] for s in SCALES}
        assert of_scales[scale] == pytest.approx(max(of_scales.values()), abs=1e-9)
        assert results[name]["values"] == pytest.approx(values(bench.protocol.test, scale))
    # Other test images leave every scale as it is.
    bench.protocol = replace(bench.protocol, test=bench.protocol.train[:20])
    moved = decoded_results(bench, tagger)
    assert [moved[name]["scale"] for name in PRIOR_ADJUSTED] == [
        results[name]["scale"] for name in PRIOR_ADJUSTED
    ]
    assert moved[AS_TRAINED]["values"] != results[AS_TRAINED]["values"]


def test_of_equal_figures_the_smallest_correction_wins(
    bench: Bench, coloured_squares: Callable[..., object]
) -> None:
    tagger = new_tagger(bench, parse_method("logistic"), 0)
    # All tags alike common: their prior moves all scores by the same, and no rank.
    labels = replace(tagger.labels, counts=np.full_like(tagger.labels.counts, 7))
    tagger.labels = labels
    results = decoded_results(bench, tagger)
    assert [results[name]["scale"] for name in PRIOR_ADJUSTED] == [0.0, 0.0]


def test_figures_come_with_intervals_buckets_and_draws(bench: Bench, tagger: Tagger) -> None:
    for found in decoded_results(bench, tagger).values():
        assert found["values"].keys() == found["intervals"].keys() == found["resampled"].keys()
        assert "class_ap" in found["values"]
        for key, (low, high) in found["intervals"].items():
            assert low <= high
            assert len(found["resampled"][key]) == bench.settings.resamples
        for values in found["by_frequency"].values():
            assert values.keys() <= found["values"].keys()
