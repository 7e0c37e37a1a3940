from dataclasses import replace
from pathlib import Path

import pytest

from labelsphere.comparison.bench import Bench
from labelsphere.comparison.rates import CRITERION, choose_rate
from labelsphere.comparison.runs import Plan, judge_run, validate_run
from labelsphere.recipes import parse_recipe

LOGISTIC = parse_recipe("logistic")


def test_the_rate_with_the_highest_score_after_a_shortened_training_is_chosen(
    bench: Bench,
) -> None:
    found = choose_rate(bench, LOGISTIC)
    scores = {
        rate: validate_run(bench, LOGISTIC, Plan(rate, 0, 3))["score"] for rate in (3e-3, 3e-2)
    }
    assert {point["rate"]: point["score"] for point in found["grid"]} == scores
    assert found["chosen"] == max(scores, key=scores.__getitem__)
    assert found["criterion"] == CRITERION


def test_test_images_have_no_part_in_the_choice(bench: Bench, tmp_path: Path) -> None:
    found = choose_rate(bench, LOGISTIC)
    protocol = replace(bench.protocol, test=bench.protocol.train[:20])
    other = replace(bench, protocol=protocol, folder=tmp_path / "other")
    assert choose_rate(other, LOGISTIC) == found


def test_one_rate_needs_no_trial(bench: Bench) -> None:
    bench = replace(bench, settings=replace(bench.settings, rates=(0.02,)))
    bench.on_progress = lambda what, *_: pytest.fail(f"something was tried: {what}")
    assert choose_rate(bench, LOGISTIC) == {"chosen": 0.02, "criterion": CRITERION, "grid": []}


def test_trials_as_long_as_the_training_are_trainings(bench: Bench) -> None:
    bench = replace(bench, settings=replace(bench.settings, rate_share=1.0))
    rate = choose_rate(bench, LOGISTIC)["chosen"]
    steps: list[int] = []
    bench.on_progress = lambda *told: steps.append(told[1])
    assert judge_run(bench, LOGISTIC, Plan(rate, 0, 12)) is not None
    assert steps == []


def test_budgets_and_constant_rates_have_trials_of_their_own(bench: Bench) -> None:
    bench = replace(bench, settings=replace(bench.settings, rate_share=0.5))
    names = []
    for share, constant in ((1.0, False), (0.5, False), (1.0, True)):
        choose_rate(bench, LOGISTIC, share, constant=constant)
        names.append({path.name for path in (bench.folder / "runs").glob("*.safetensors")})
    assert [len(found) for found in names] == [2, 4, 6]
    assert all("steps-3" in name for name in names[1] - names[0])
    assert all("steps-6-constant" in name for name in names[2] - names[1])


def test_a_rate_that_diverges_is_not_chosen(bench: Bench) -> None:
    training = replace(
        bench.settings.training, optimizer="rmsprop", schedule="constant", warmup=0.0, steps=40
    )
    settings = replace(bench.settings, training=training, rates=(1e30, 1e-4), rate_share=1.0)
    found = choose_rate(replace(bench, settings=settings), LOGISTIC)
    assert found["chosen"] == 1e-4
    assert found["grid"][0] == {"rate": 1e30, "score": 0.0}
