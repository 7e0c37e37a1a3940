from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from labelsphere.comparison.bench import Bench
from labelsphere.comparison.decoder_names import (
    AS_TRAINED,
    CRITERIA,
    PRIOR_ADJUSTED,
    best_decoder,
    decoder_name,
)
from labelsphere.comparison.decoding import (
    choose_decoders,
    choose_per_class,
    decoded_results,
    plain_values,
    validation_score,
)
from labelsphere.comparison.families import DECODERS, Candidate, Family, Trained
from labelsphere.comparison.runs import new_tagger
from labelsphere.metrics import DenseScores
from labelsphere.recipes import parse_recipe


@pytest.fixture(params=["logistic", "paper+dim=3"])
def trained(bench: Bench, request: pytest.FixtureRequest) -> Trained:
    """Untrained, so that the prior makes a difference."""
    return Trained(bench, new_tagger(bench, parse_recipe(request.param), 0))


def test_decoders_are_chosen_on_the_validation_images_alone(bench: Bench, trained: Trained) -> None:
    choices = choose_decoders(trained, DECODERS)
    results = decoded_results(trained, choices)
    assert list(results) == [AS_TRAINED, *PRIOR_ADJUSTED]
    tagger = trained.tagger
    prior = np.log((tagger.labels.counts + 0.5) / (tagger.labels.n_images + 1.0))

    def values(rows: np.ndarray, scale: float) -> dict[str, float]:
        plain = tagger.scores(bench.inputs, rows).rows(0, len(rows)).astype(np.float64)
        scores = DenseScores(plain + scale * prior)
        return bench.evaluate(scores, rows, per_class=True).values

    assert results[AS_TRAINED]["values"] == pytest.approx(values(bench.protocol.test, 0.0))
    scales = DECODERS[0].grid()
    of_scales = {scale: values(bench.protocol.val, float(str(scale))) for scale in scales}
    for name, metric in PRIOR_ADJUSTED.items():
        scale = results[name]["scale"]
        highest = max(found[metric] for found in of_scales.values())
        assert of_scales[scale][metric] == pytest.approx(highest, abs=1e-9)
        assert choices[name].value == pytest.approx(highest, abs=1e-9)
        assert results[name]["family"] == "prior"
        assert results[name]["values"] == pytest.approx(values(bench.protocol.test, scale))
    # Other test images leave every choice as it is.
    bench.protocol = replace(bench.protocol, test=bench.protocol.train[:20])
    moved = choose_decoders(trained, DECODERS)
    assert {n: c.place for n, c in moved.items()} == {n: c.place for n, c in choices.items()}
    assert decoded_results(trained, moved)[AS_TRAINED]["values"] != results[AS_TRAINED]["values"]


def test_of_equal_figures_the_smallest_correction_wins(bench: Bench) -> None:
    tagger = new_tagger(bench, parse_recipe("logistic"), 0)
    # All tags alike common: their prior moves all scores by the same, and no rank.
    tagger.labels = replace(tagger.labels, counts=np.full_like(tagger.labels.counts, 7))
    choices = choose_decoders(Trained(bench, tagger), DECODERS)
    assert [c.candidate.parameters["scale"] for c in choices.values()] == [0.0] * len(CRITERIA)


def test_figures_come_with_intervals_buckets_and_draws(bench: Bench, trained: Trained) -> None:
    results = decoded_results(trained, choose_decoders(trained, DECODERS))
    for found in results.values():
        assert found["values"].keys() == found["intervals"].keys() == found["resampled"].keys()
        assert "class_ap" in found["values"]
        for key, (low, high) in found["intervals"].items():
            assert low <= high
            assert len(found["resampled"][key]) == bench.settings.resamples
        for values in found["by_frequency"].values():
            assert values.keys() <= found["values"].keys()


def test_no_scale_of_the_prior_moves_average_precision_per_class(
    bench: Bench, trained: Trained
) -> None:
    choice, rows = choose_per_class(trained, DECODERS[0]), bench.protocol.val
    assert choice.candidate.parameters == {"scale": 0.0}
    for place in (0, choice.place, -1):
        scores = DECODERS[0].candidates(trained)[place].scores(rows)
        found = bench.evaluate(scores, rows, per_class=True).values["class_ap"]
        assert found == pytest.approx(choice.value, abs=1e-3)


class Constant(Family):
    """Decoders that ignore the image: every label has the score given."""

    name = "constant"

    def candidates(self, trained: Trained) -> list[Candidate]:
        labels = len(trained.tagger.vocabulary)

        def candidate(direction: float) -> Candidate:
            def scores(rows: Any) -> DenseScores:
                return DenseScores(np.tile(direction * np.arange(labels), (len(rows), 1)))

            return Candidate({"direction": direction}, abs(direction), scores)

        return [candidate(1.0), candidate(-1.0)]

    def grid(self) -> tuple[float, float]:
        return (1.0, -1.0)


def test_among_several_families_the_best_is_chosen_too(
    trained: Trained, monkeypatch: pytest.MonkeyPatch
) -> None:
    choices = choose_decoders(trained, [*DECODERS, Constant()])
    for criterion, title in CRITERIA.items():
        of_families = [choices[decoder_name(f, criterion)] for f in ("prior", "constant")]
        best = choices[f"best for {title}"]
        assert best.value == max(choice.value for choice in of_families)
        assert best_decoder(criterion, choices) == f"best for {title}"
    expected = [choices[f"best for {title}"].value for title in CRITERIA.values()]
    score = validation_score(choices)
    assert score == pytest.approx(np.prod(expected) ** (1 / len(expected)))
    results = decoded_results(trained, choices)
    assert results["constant for P@1"]["direction"] in (1.0, -1.0)


def test_along_a_training_only_figures_are_computed(trained: Trained) -> None:
    choices = choose_decoders(trained, DECODERS)
    found, whole = plain_values(trained, choices), decoded_results(trained, choices)
    assert found.keys() == whole.keys()
    for name, values in found.items():
        expected = {k: v for k, v in whole[name]["values"].items() if k != "class_ap"}
        assert values == pytest.approx(expected)
