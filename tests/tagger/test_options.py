"""Options that name something list all names, and stand for nothing until they are given."""

from collections.abc import Mapping
from dataclasses import fields

from labelsphere.recipes import RECIPES
from labelsphere.tagger.decoders import DECODERS
from labelsphere.tagger.inputs.augmentation import AUGMENTATIONS
from labelsphere.tagger.inputs.decoding import FITS
from labelsphere.tagger.objectives import OBJECTIVES
from labelsphere.tagger.options import TrainingOptions
from labelsphere.tagger.presets import PRESETS
from labelsphere.tagger.pretrained import PRETRAINED

NAMES: dict[str, Mapping[str, object] | tuple[str, ...]] = {
    "method": RECIPES,
    "objective": OBJECTIVES,
    "decoder": DECODERS,
    "preset": PRESETS,
    "pretrained": PRETRAINED,
    "fit": tuple(FITS),
    "augment": tuple(AUGMENTATIONS),
}


def test_each_option_lists_the_names_of_its_registry() -> None:
    listed = {
        each.name: each.metadata["choices"]
        for each in fields(TrainingOptions)
        if "choices" in each.metadata
    }
    assert set(listed) == set(NAMES)
    for name, choices in listed.items():
        shown = choices() if callable(choices) else choices
        assert list(shown) == list(NAMES[name]), name


def test_what_is_not_given_is_left_to_the_plan() -> None:
    chosen = TrainingOptions()
    for name in ("method", "objective", "decoder", "backbone", "freeze", "image_size", "split"):
        assert getattr(chosen, name) is None
