"""A folder holds a label space or a tagger with one; both are written again as what they were."""

from pathlib import Path

import numpy as np
import pytest

from labelsphere.annotations import Annotations
from labelsphere.artefact import saved_kind
from labelsphere.cli.spaces import load_space_or_tagger, save_with_space
from labelsphere.errors import ArtefactError, UsageError
from labelsphere.tagger import Architecture, Tagger
from labelsphere.tagger.inputs import FeatureInputs
from labelsphere.tagger.label_context import LabelContext


def test_a_space_comes_without_a_tagger(space_folder: Path, tmp_path: Path) -> None:
    space, tagger = load_space_or_tagger(space_folder)
    assert tagger is None
    save_with_space(space, tagger, tmp_path / "same", overwrite=False)
    assert saved_kind(tmp_path / "same") == "label_space"
    assert load_space_or_tagger(tmp_path / "same")[0].vocabulary == space.vocabulary


def test_a_tagger_comes_with_its_space_and_is_written_as_a_tagger(
    shape_tagger: Path, tmp_path: Path
) -> None:
    space, tagger = load_space_or_tagger(shape_tagger)
    assert tagger is not None
    save_with_space(space, tagger, tmp_path / "same", overwrite=False)
    assert saved_kind(tmp_path / "same") == "tagger"
    assert load_space_or_tagger(tmp_path / "same")[0].vocabulary == space.vocabulary


def test_a_tagger_without_a_space_is_refused(tmp_path: Path) -> None:
    labels = LabelContext.of(Annotations.from_lists([["sea"], ["sky"]]))
    inputs = FeatureInputs(np.eye(2))
    architecture = Architecture("mlp", {"hidden": 2}, "logistic")
    tagger = Tagger(architecture, labels, inputs.settings(), inputs.sample_shape)
    tagger.save(tmp_path / "tagger")
    with pytest.raises(UsageError, match="was trained without a label space"):
        load_space_or_tagger(tmp_path / "tagger")


def test_a_folder_of_something_else_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ArtefactError, match=r"has no config\.json"):
        load_space_or_tagger(tmp_path)
