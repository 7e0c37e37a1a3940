from typing import Any

import pytest

from labelsphere.errors import UsageError
from labelsphere.tagger import TrainingSettings
from labelsphere.tagger.optimizers import rate_factor


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("epochs", 0),
        ("steps", 0),
        ("batch_size", 0),
        ("rate", 0.0),
        ("rate", float("nan")),
        ("optimizer", "adam"),
        ("weight_decay", -0.1),
        ("schedule", "linear"),
        ("warmup", 1.0),
        ("clip", -1.0),
        ("precision", "float16"),
        ("seed", -1),
        ("checkpoint_every", 0),
    ],
)
def test_a_setting_out_of_range_is_named(name: str, value: Any) -> None:
    with pytest.raises(UsageError, match=f"{name} must be .* but got {value!r}"):
        TrainingSettings(**{name: value})


def test_steps_count_before_epochs() -> None:
    assert TrainingSettings(epochs=2.5).total_steps(10) == 25
    assert TrainingSettings(epochs=0.01).total_steps(10) == 1
    assert TrainingSettings(epochs=2.5, steps=7).total_steps(10) == 7


def test_the_rate_of_a_step_is_the_schedules_part_of_the_highest() -> None:
    settings = TrainingSettings(rate=0.5, schedule="cosine", warmup=0.2)
    rates = [settings.rate_at(step, 50) for step in range(50)]
    assert rates == [0.5 * rate_factor("cosine", step, 50, 0.2) for step in range(50)]
    assert max(rates) == 0.5


def test_settings_come_back_from_json() -> None:
    settings = TrainingSettings(steps=3, clip=2.0, optimizer="rmsprop")
    assert TrainingSettings(**settings.to_json()) == settings
