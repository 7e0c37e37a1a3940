"""The label space of a method, fitted to the images that it may see."""

from labelsphere.annotations import Annotations
from labelsphere.annotations.splits import NO_SPLIT
from labelsphere.arrays import IntArray
from labelsphere.errors import UsageError
from labelsphere.recipes import SpaceRecipe
from labelsphere.space import LabelSpace
from labelsphere.space.embedders import has_option
from labelsphere.tagger.inputs import FeatureInputs, Inputs


def uses_features(recipe: SpaceRecipe) -> bool:
    """Whether a label space is fitted to features of the images and not to their tags alone."""
    return has_option(recipe.method, "features")


def fit_label_space(
    recipe: SpaceRecipe, tags: Annotations, inputs: Inputs, rows: IntArray
) -> LabelSpace:
    """Fit a method's label space.

    Args:
        recipe: How.
        tags: The images that it is fitted to, whatever a split column says.
        inputs: Feature vectors or pictures.
        rows: Where in ``inputs`` these images are, int64; used where the recipe looks at features.

    Raises:
        UsageError: If an option is unknown or out of range, or features are needed and pictures
            given.
        DataError: If no label can be placed.
    """
    options = dict(recipe.options)
    if uses_features(recipe):
        if not isinstance(inputs, FeatureInputs):
            raise UsageError(
                f"label space {recipe.method!r} is fitted to feature vectors, and pictures are "
                "given; give their vectors with --features, or choose another label space"
            )
        options["features"] = inputs.matrix[rows]
    return LabelSpace.fit(
        tags, recipe.method, recipe.dim, recipe.exponent, split=NO_SPLIT, **options
    )
