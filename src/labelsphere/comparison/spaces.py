"""The label space of a method, fitted to what the protocol lets it see."""

from dataclasses import replace
from typing import Any

from labelsphere.annotations import Annotations, first_of_groups
from labelsphere.annotations.splits import NO_SPLIT
from labelsphere.comparison.protocols import Protocol
from labelsphere.errors import UsageError
from labelsphere.recipes import SpaceRecipe
from labelsphere.space import LabelSpace
from labelsphere.space.embedders import has_option
from labelsphere.tagger.inputs import FeatureInputs, Inputs


def fit_space(
    recipe: SpaceRecipe, protocol: Protocol, inputs: Inputs, group: str | None
) -> LabelSpace:
    """Fit a method's label space.

    An embedder that looks at tags alone gets the calibration annotations. One that looks at
    features gets those of the training images, with the tags that methods are trained on: in some
    protocols calibration has tag sets whose pictures nobody is meant to have.

    Args:
        recipe: How.
        protocol: Which images, with which tags.
        inputs: Feature vectors or pictures, one a row of the protocol's tags.
        group: Column whose equal values mark variants of one image: one of each is taken.

    Raises:
        UsageError: If an option is unknown or out of range, or features are needed and pictures
            given.
        DataError: If no label can be placed.
    """
    tags, options = protocol.calibration, dict(recipe.options)
    if has_option(recipe.method, "features"):
        tags, options["features"] = _seen(recipe.method, protocol, inputs, group)
    # The protocol chose the rows, whatever a split column says.
    return LabelSpace.fit(
        tags, recipe.method, recipe.dim, recipe.exponent, split=NO_SPLIT, **options
    )


def _seen(
    method: str, protocol: Protocol, inputs: Inputs, group: str | None
) -> tuple[Annotations, Any]:
    """One training image of each group, with its tags as they are learned, and its features."""
    if not isinstance(inputs, FeatureInputs):
        raise UsageError(
            f"method {method!r} needs feature vectors, and this comparison is given pictures; "
            "give their vectors, or leave the method out"
        )
    groups = None if group is None else protocol.tags.groups(group)
    rows = first_of_groups(protocol.train, groups)
    learned = replace(protocol.tags, matrix=protocol.learned)
    return learned.select(rows), inputs.matrix[rows]
