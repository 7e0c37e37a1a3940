"""Spaces are fitted to what the protocol lets them see, and to no more."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from scipy.sparse import csr_array

from labelsphere.annotations import Annotations
from labelsphere.comparison.bench import Bench
from labelsphere.comparison.methods import SpaceRecipe, parse_method
from labelsphere.comparison.spaces import fit_space
from labelsphere.errors import UsageError
from labelsphere.space import LabelSpace
from labelsphere.tagger.inputs import FeatureInputs, ImageInputs


def test_tags_alone_are_those_of_calibration(bench: Bench) -> None:
    few = bench.protocol.tags.select(bench.protocol.train[:30])
    protocol = replace(bench.protocol, calibration=few)
    recipe = SpaceRecipe("lsa", 4, 0.5, {"weighting": "idf"})
    space = fit_space(recipe, protocol, bench.inputs, None)
    expected = LabelSpace.fit(few, "lsa", 4, weighting="idf")
    assert space.vectors.tobytes() == expected.vectors.tobytes()
    assert space.config == expected.config


def test_features_are_those_of_training_images_with_the_tags_learned(bench: Bench) -> None:
    learned = csr_array(bench.protocol.tags.matrix[::-1])
    protocol = replace(bench.protocol, learned=learned, calibration=bench.protocol.tags)
    assert isinstance(bench.inputs, FeatureInputs)
    space = fit_space(SpaceRecipe("rembrandt", 4, 0.5), protocol, bench.inputs, None)
    shown = replace(protocol.tags, matrix=learned).select(protocol.train)
    features = bench.inputs.matrix[protocol.train]
    expected = LabelSpace.fit(shown, "rembrandt", 4, features=features)
    assert space.vectors.tobytes() == expected.vectors.tobytes()
    # Other features of other images, other calibration tags: neither is looked at.
    other = np.array(bench.inputs.matrix)
    other[bench.protocol.test] += 9
    blind = replace(protocol, calibration=protocol.calibration.select(range(3)))
    again = fit_space(SpaceRecipe("rembrandt", 4, 0.5), blind, FeatureInputs(other), None)
    assert again.vectors.tobytes() == space.vectors.tobytes()


def test_one_of_each_group_is_looked_at(
    coloured_squares: Callable[..., Annotations], bench: Bench
) -> None:
    tags = coloured_squares(40)
    rows = np.arange(24)
    protocol = replace(bench.protocol, tags=tags, learned=tags.matrix, train=rows, calibration=tags)
    features = np.random.default_rng(0).normal(size=(40, 6))
    space = fit_space(SpaceRecipe("rembrandt", 3), protocol, FeatureInputs(features), "base")
    assert space.config["images"] == 12


def test_pictures_are_no_features(
    coloured_squares: Callable[..., Annotations], bench: Bench
) -> None:
    pictures = coloured_squares(20).pictures
    assert pictures is not None
    with pytest.raises(UsageError, match="'rembrandt' needs feature vectors"):
        fit_space(SpaceRecipe("rembrandt"), bench.protocol, ImageInputs(pictures), None)


def test_another_file_of_vectors_is_another_run(bench: Bench) -> None:
    path = bench.folder / "words.txt"
    method = parse_method(f"paper+method=word-vectors+path={path}")
    identities = []
    for sign in ("", "-"):
        path.write_text(f"tag 1 {sign}1\n00 {sign}2 3\n")
        bench._spaces.clear()
        identities.append(bench.identity(method))
        assert bench.identity(method) == identities[-1]
    assert identities[0] != identities[1]
