"""Spaces are fitted to what the protocol lets them see, and to no more."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from scipy.sparse import csr_array

from labelsphere.annotations import Annotations
from labelsphere.comparison.experiment import Experiment
from labelsphere.comparison.spaces import fit_space
from labelsphere.comparison.trainings import new_tagger, tagger_folder
from labelsphere.errors import UsageError
from labelsphere.recipes import SpaceRecipe, parse_recipe
from labelsphere.space import LabelSpace
from labelsphere.tagger.inputs import FeatureInputs, ImageInputs


def test_tags_alone_are_those_of_calibration(experiment: Experiment) -> None:
    few = experiment.protocol.tags.select(experiment.protocol.train[:30])
    protocol = replace(experiment.protocol, calibration=few)
    recipe = SpaceRecipe("lsa", 4, 0.5, {"weighting": "idf"})
    space = fit_space(recipe, protocol, experiment.inputs, None)
    expected = LabelSpace.fit(few, "lsa", 4, weighting="idf")
    assert space.vectors.tobytes() == expected.vectors.tobytes()
    assert space.record == expected.record


def test_features_are_those_of_training_images_with_the_tags_learned(
    experiment: Experiment,
) -> None:
    learned = csr_array(experiment.protocol.tags.matrix[::-1])
    protocol = replace(experiment.protocol, learned=learned, calibration=experiment.protocol.tags)
    assert isinstance(experiment.inputs, FeatureInputs)
    space = fit_space(SpaceRecipe("rembrandt", 4, 0.5), protocol, experiment.inputs, None)
    shown = replace(protocol.tags, matrix=learned).select(protocol.train)
    features = experiment.inputs.matrix[protocol.train]
    expected = LabelSpace.fit(shown, "rembrandt", 4, features=features)
    assert space.vectors.tobytes() == expected.vectors.tobytes()
    # Other features of other images, other calibration tags: neither is looked at.
    other = np.array(experiment.inputs.matrix)
    other[experiment.protocol.test] += 9
    blind = replace(protocol, calibration=protocol.calibration.select(range(3)))
    again = fit_space(SpaceRecipe("rembrandt", 4, 0.5), blind, FeatureInputs(other), None)
    assert again.vectors.tobytes() == space.vectors.tobytes()


def test_one_of_each_group_is_looked_at(
    coloured_squares: Callable[..., Annotations], experiment: Experiment
) -> None:
    tags = coloured_squares(40)
    rows = np.arange(24)
    protocol = replace(
        experiment.protocol, tags=tags, learned=tags.matrix, train=rows, calibration=tags
    )
    features = np.random.default_rng(0).normal(size=(40, 6))
    space = fit_space(SpaceRecipe("rembrandt", 3), protocol, FeatureInputs(features), "base")
    assert space.record.images == 12


def test_pictures_are_no_features(
    coloured_squares: Callable[..., Annotations], experiment: Experiment
) -> None:
    pictures = coloured_squares(20).pictures
    assert pictures is not None
    with pytest.raises(UsageError, match="'rembrandt' needs feature vectors"):
        fit_space(SpaceRecipe("rembrandt"), experiment.protocol, ImageInputs(pictures), None)


def test_another_file_of_vectors_is_another_run(experiment: Experiment) -> None:
    path = experiment.folder / "words.txt"
    method = parse_recipe(f"paper+method=word-vectors+path={path}")
    identities = []
    for sign in ("", "-"):
        path.write_text(f"tag 1 {sign}1\n00 {sign}2 3\n")
        experiment._spaces.clear()
        identities.append(experiment.identity(method))
        assert experiment.identity(method) == identities[-1]
    assert identities[0] != identities[1]


def test_a_methods_tagger_has_its_space_and_its_decoder(experiment: Experiment) -> None:
    tagger = new_tagger(experiment, parse_recipe("paper+method=ecoc+dim=16+decoder=hamming"), 0)
    assert tagger.architecture.decoder == "hamming"
    assert tagger.space is not None
    assert (tagger.space.record.method, tagger.space.dim) == ("ecoc", 16)
    mixed = new_tagger(experiment, parse_recipe("conse+method=npmi"), 0)
    assert (mixed.architecture.objective, mixed.architecture.decoder) == ("logistic", "conse")
    assert mixed.objective.width == experiment.protocol.tags.n_labels


def test_a_long_path_in_a_name_leaves_the_names_of_folders_short_and_distinct(
    experiment: Experiment,
) -> None:
    folders = [
        tagger_folder(
            experiment, parse_recipe(f"paper+method=word-vectors+path={'deep/' * 60}{end}")
        )
        for end in ("a.txt", "b.txt")
    ]
    assert all(len(folder.name) < 100 for folder in folders)
    assert folders[0] != folders[1]
