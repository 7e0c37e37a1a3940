"""Label spaces are fitted to the images shown, and to their features where the recipe says so."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from labelsphere.annotations import Annotations
from labelsphere.errors import UsageError
from labelsphere.recipes import SpaceRecipe
from labelsphere.space import LabelSpace
from labelsphere.tagger.inputs import FeatureInputs, ImageInputs
from labelsphere.tagger.space_fitting import fit_label_space

LISTS = [["sky", "sea"], ["sky", "sun"], ["sea", "fish"], ["fish", "sea"], ["sun"], ["sky"]]
ROWS = np.array([9, 7, 5, 3, 1, 0])
FEATURES = np.random.default_rng(0).normal(size=(10, 6)).astype(np.float32)


def test_options_of_the_recipe_are_those_of_the_embedder() -> None:
    tags = Annotations.from_lists(LISTS)
    recipe = SpaceRecipe("lsa", 2, 0.5, {"weighting": "idf"})
    space = fit_label_space(recipe, tags, FeatureInputs(FEATURES), ROWS)
    expected = LabelSpace.fit(tags, "lsa", 2, weighting="idf")
    assert space.vectors.tobytes() == expected.vectors.tobytes()
    assert space.record == expected.record


def test_features_are_those_of_the_images_shown() -> None:
    tags = Annotations.from_lists(LISTS)
    space = fit_label_space(SpaceRecipe("rembrandt", 3), tags, FeatureInputs(FEATURES), ROWS)
    expected = LabelSpace.fit(tags, "rembrandt", 3, features=FEATURES[ROWS])
    assert space.vectors.tobytes() == expected.vectors.tobytes()
    other = FEATURES.copy()
    other[[2, 4, 6, 8]] += 9
    again = fit_label_space(SpaceRecipe("rembrandt", 3), tags, FeatureInputs(other), ROWS)
    assert again.vectors.tobytes() == space.vectors.tobytes()


def test_a_split_column_is_not_looked_at() -> None:
    columns = pl.DataFrame({"split": ["test"] * len(LISTS)})
    tags = replace(Annotations.from_lists(LISTS), columns=columns)
    space = fit_label_space(SpaceRecipe("lsa", 2), tags, FeatureInputs(FEATURES), ROWS)
    assert space.record.images == len(LISTS)


def test_pictures_are_no_features(coloured_squares: Callable[..., Annotations]) -> None:
    tags = coloured_squares(20)
    assert tags.pictures is not None
    with pytest.raises(UsageError, match="'rembrandt' is fitted to feature vectors"):
        fit_label_space(SpaceRecipe("rembrandt"), tags, ImageInputs(tags.pictures), np.arange(20))
