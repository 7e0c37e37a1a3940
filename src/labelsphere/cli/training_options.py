"""The options of a network and its training, and the settings made from them."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

if TYPE_CHECKING:
    from labelsphere.tagger import Architecture, Preset, TrainingSettings

_PANEL = "Training"

Number = TypeVar("Number", int, float)

BackboneOption = Annotated[
    str | None,
    typer.Option(
        help="A timm model, or mlp for feature vectors; resnet18, mlp with --features, or the "
        "preset's.",
        rich_help_panel=_PANEL,
        show_default=False,
    ),
]
BackboneOptionsOption = Annotated[
    str | None,
    typer.Option(
        metavar="JSON",
        help="Further arguments of the backbone, such as '{\"drop_path_rate\": 0.1}'.",
        rich_help_panel=_PANEL,
        show_default=False,
    ),
]
PresetOption = Annotated[
    str | None,
    typer.Option(
        help="Settings that belong together: paper (Inception v3 at 299 px, RMSprop) or small "
        "(two processor cores). Options given beside it override it.",
        rich_help_panel=_PANEL,
        show_default=False,
    ),
]
PretrainedOption = Annotated[
    str | None,
    typer.Option(
        metavar="PATH",
        help="Checkpoint of the backbone to begin with, or hub for timm's own.",
        rich_help_panel=_PANEL,
        show_default=False,
    ),
]
EpochsOption = Annotated[
    float | None,
    typer.Option(
        help="Passes over the training images; 10.", rich_help_panel=_PANEL, show_default=False
    ),
]
StepsOption = Annotated[
    int | None,
    typer.Option(
        help="Number of steps, in place of epochs.", rich_help_panel=_PANEL, show_default=False
    ),
]
BatchSizeOption = Annotated[
    int | None,
    typer.Option(help="Images a step; 128.", rich_help_panel=_PANEL, show_default=False),
]
OptimizerOption = Annotated[
    str | None,
    typer.Option(help="adamw or rmsprop; adamw.", rich_help_panel=_PANEL, show_default=False),
]
ScheduleOption = Annotated[
    str | None,
    typer.Option(
        help="How the rate falls: cosine, step or constant; cosine.",
        rich_help_panel=_PANEL,
        show_default=False,
    ),
]
WarmupOption = Annotated[
    float | None,
    typer.Option(
        help="Share of the steps over which the rate rises; 0.1.",
        rich_help_panel=_PANEL,
        show_default=False,
    ),
]
WeightDecayOption = Annotated[
    float | None,
    typer.Option(help="Weight decay; 0.05.", rich_help_panel=_PANEL, show_default=False),
]
ClipOption = Annotated[
    float | None,
    typer.Option(
        help="Largest norm of the gradient, 0 for any; 0.",
        rich_help_panel=_PANEL,
        show_default=False,
    ),
]
PrecisionOption = Annotated[
    str | None,
    typer.Option(
        help="auto (bfloat16 where the processor has it), float32 or bfloat16; auto.",
        rich_help_panel=_PANEL,
        show_default=False,
    ),
]


def chosen_preset(name: str | None) -> "Preset | None":
    """The preset of a name, if one is given.

    Raises:
        UsageError: If there is none of that name.
    """
    from labelsphere.tagger import preset

    return None if name is None else preset(name)


def training_settings(preset: "Preset | None", **given: Any) -> "TrainingSettings":
    """The settings of a training: the preset's, or the defaults, with what is given put in.

    Args:
        preset: A preset or None.
        **given: Values of `TrainingSettings`; None for those not given.

    Raises:
        UsageError: If both epochs and steps are given, or a value is out of range.
    """
    from labelsphere.errors import UsageError
    from labelsphere.tagger import TrainingSettings

    if given.get("epochs") is not None and given.get("steps") is not None:
        raise UsageError("--epochs and --steps both set the length of the training; give one")
    base = TrainingSettings() if preset is None else preset.settings
    return replace(base, **{name: value for name, value in given.items() if value is not None})


def architecture(
    preset: "Preset | None",
    *,
    backbone: str | None,
    options: str | None,
    features: Path | None,
    objective: str,
    decoder: str | None = None,
) -> "Architecture":
    """Backbone and objective: the preset's, or the defaults, with what is given put in.

    Raises:
        UsageError: If objective or decoder is unknown, or the backbone's options are no JSON
            object.
    """
    from labelsphere.errors import UsageError
    from labelsphere.tagger import Architecture
    from labelsphere.tagger.decoders import DECODERS
    from labelsphere.tagger.network import FEATURE_BACKBONE
    from labelsphere.tagger.objectives import OBJECTIVES

    if objective not in OBJECTIVES:
        raise UsageError(f"--objective must be one of {', '.join(OBJECTIVES)}, not {objective!r}")
    if decoder is not None and decoder not in DECODERS:
        raise UsageError(f"--decoder must be one of {', '.join(DECODERS)}, not {decoder!r}")

    base = Architecture() if preset is None else preset.architecture
    default = base.backbone if features is None else FEATURE_BACKBONE
    chosen = backbone or default
    # A preset's options are those of its own backbone.
    own = base.options if chosen == base.backbone else None
    given = own if options is None else _json_object(options)
    return Architecture(chosen, given, objective, decoder)


def weights(pretrained: str | None, features: Path | None) -> bool | Path:
    """What a backbone begins with: False for chance, True for timm's own, or a checkpoint.

    Raises:
        UsageError: If there is no such file, or feature vectors are given.
    """
    from labelsphere.errors import UsageError

    if pretrained is None:
        return False
    if features is not None:
        raise UsageError("--pretrained weights are those of a picture's backbone, not of features")
    if pretrained == "hub":
        return True
    if not Path(pretrained).is_file():
        raise UsageError(f"--pretrained must be a checkpoint file or hub, but got {pretrained!r}")
    return Path(pretrained)


def numbers(text: str, kind: Callable[[str], Number], option: str) -> tuple[Number, ...]:
    """Numbers with commas between them.

    Raises:
        UsageError: If one is no number.
    """
    from labelsphere.errors import UsageError

    try:
        return tuple(kind(part) for part in text.split(","))
    except ValueError as error:
        raise UsageError(
            f"{option} must be numbers with commas between them, but got {text!r}"
        ) from error


def _json_object(text: str) -> dict[str, Any]:
    import json

    from labelsphere.errors import UsageError

    try:
        value = json.loads(text)
    except json.JSONDecodeError:
        value = None
    if not isinstance(value, dict):
        raise UsageError(
            'backbone options must be a JSON object such as {"drop_path_rate": 0.1}, '
            f"but got {text!r}"
        )
    return value
