"""Options to settings; the defaults that the help pages name are the true ones."""

from pathlib import Path
from typing import get_args

import pytest

from labelsphere.cli import training_options as options
from labelsphere.cli.inputs import IMAGE_SIZE, ImageSizeOption
from labelsphere.cli.verbs import load_verb
from labelsphere.comparison import ComparisonSettings
from labelsphere.errors import UsageError
from labelsphere.tagger import PRESETS, Architecture, TrainingSettings


@pytest.mark.parametrize(
    ("option", "value"),
    [
        (options.BackboneOption, f"{Architecture().backbone}, mlp with --features"),
        (options.EpochsOption, f"{TrainingSettings().epochs:g}"),
        (options.BatchSizeOption, TrainingSettings().batch_size),
        (options.OptimizerOption, TrainingSettings().optimizer),
        (options.ScheduleOption, TrainingSettings().schedule),
        (options.WarmupOption, TrainingSettings().warmup),
        (options.WeightDecayOption, TrainingSettings().weight_decay),
        (options.ClipOption, f"{TrainingSettings().clip:g}"),
        (options.PrecisionOption, TrainingSettings().precision),
        (ImageSizeOption, IMAGE_SIZE),
    ],
)
def test_a_default_stands_in_the_help(option: object, value: object) -> None:
    told = get_args(option)[1].help
    assert f"; {value}" in told


def test_defaults_of_compare_are_those_of_its_settings() -> None:
    compare = {parameter.name: parameter.default for parameter in load_verb("compare").params}
    settings = ComparisonSettings()
    assert options.numbers(compare["rates"], float, "--rates") == settings.rates
    assert options.numbers(compare["seeds"], int, "--seeds") == settings.seeds
    for name in ("rate_share", "evaluations", "resamples", "examples", "protocol"):
        assert compare[name] == getattr(settings, name)


def test_what_is_given_overrides_the_preset() -> None:
    paper = options.chosen_preset("paper")
    assert options.chosen_preset(None) is None
    settings = options.training_settings(paper, rate=0.01, steps=5, epochs=None, clip=None)
    assert (settings.optimizer, settings.clip, settings.schedule) == ("rmsprop", 2.0, "step")
    assert (settings.rate, settings.steps) == (0.01, 5)
    assert options.training_settings(None) == TrainingSettings()


def architecture(preset: str | None = None, **given: object) -> Architecture:
    every = {"backbone": None, "options": None, "features": None, "objective": "cosine", **given}
    return options.architecture(options.chosen_preset(preset), **every)


def test_the_backbone_is_the_one_given_the_presets_or_the_default() -> None:
    small = PRESETS["small"].architecture
    assert architecture() == Architecture()
    assert architecture("small") == small
    assert architecture(features=Path("a.npy")).backbone == "mlp"
    # A preset's options are not those of another backbone.
    assert architecture("small", backbone="resnet18") == Architecture("resnet18")
    assert architecture("small", backbone=small.backbone).options == small.options
    assert architecture("small", options='{"channels": [8]}').options == {"channels": [8]}
    assert architecture(objective="logistic").objective == "logistic"


def test_weights_to_begin_with(tmp_path: Path) -> None:
    file = tmp_path / "weights.safetensors"
    file.touch()
    assert options.weights(None, None) is False
    assert options.weights("hub", None) is True
    assert options.weights(str(file), None) == file
    with pytest.raises(UsageError, match="not of features"):
        options.weights("hub", Path("a.npy"))


def test_numbers() -> None:
    assert options.numbers("1e-3, 0.5", float, "--rates") == (1e-3, 0.5)
    with pytest.raises(UsageError, match="--seeds must be numbers"):
        options.numbers("1,x", int, "--seeds")
