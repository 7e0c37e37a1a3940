"""Recipes: what a training method is made of, by name.

A recipe puts a label space, an objective and a decoder together. Training and comparisons read the
same table, so a method is the same wherever it is named.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from labelsphere.errors import UsageError
from labelsphere.json_types import Json
from labelsphere.space.embedders import has_option, option_from_text
from labelsphere.variations import split_variations


@dataclass(frozen=True)
class SpaceRecipe:
    """Arguments for fitting a recipe's label space: those of ``LabelSpace.fit``.

    Attributes:
        method: Name of the embedder.
        dim: Dimensions k; None for the paper's 4,096, or all positive ones if they are fewer.
        exponent: Power of the eigenvalues; None where the embedder has none.
        options: Further arguments of the embedder.
    """

    method: str = "pmi"
    dim: int | None = None
    exponent: float | None = 0.5
    options: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Json]:
        """Method, dimensions and options as JSON types."""
        exponent = {} if self.exponent is None else {"exponent": self.exponent}
        return {"method": self.method, "dim": self.dim, **exponent, **self.options}


@dataclass(frozen=True)
class Recipe:
    """A way to train a tagger.

    Attributes:
        name: As the user gives it; unique in a comparison.
        title: Its name in a report.
        description: One line on what it does, for help pages and model cards.
        objective: Name of the objective.
        space: Its label space, or None.
        decoder: Name of its decoder, or None for that of the objective.
        rate: Learning rate where none is given.
    """

    name: str
    title: str
    description: str
    objective: str
    space: SpaceRecipe | None = None
    decoder: str | None = None
    rate: float = 4e-3

    def to_json(self) -> dict[str, Json]:
        """Objective, decoder and label space as JSON types."""
        recipe: dict[str, Json] = {"objective": self.objective}
        if self.decoder is not None:
            recipe["decoder"] = self.decoder
        if self.space is not None:
            recipe["space"] = self.space.to_json()
        return recipe


RECOMMENDED = "sphere"
"""Name of the recipe that is used where none is given."""

_SMOOTHED = SpaceRecipe("smoothed", None, 0.25, {"limit": 1024})
"""Smoothing gives every pair of labels a value. The small exponent gives more weight to the
directions of small eigenvalues, which tell rare labels apart."""

RECIPES = {
    recipe.name: recipe
    for recipe in (
        Recipe(
            "sphere",
            "Sphere",
            "A point in a smoothed label space, trained by cosine and by likelihood; recommended.",
            "sphere",
            _SMOOTHED,
            rate=6e-3,
        ),
        Recipe(
            "paper",
            "Cosine proximity (the paper)",
            "Cosine proximity to PMI embeddings of the tags (Chollet 2016).",
            "cosine",
            SpaceRecipe(),
        ),
        Recipe(
            "logistic",
            "Logistic regression",
            "An independent sigmoid for each tag.",
            "logistic",
        ),
        Recipe("softmax", "Softmax over tags", "One softmax over all tags.", "softmax"),
        Recipe("focal", "Focal loss", "Independent sigmoids with the focal loss.", "focal"),
        Recipe(
            "asymmetric",
            "Asymmetric loss",
            "Independent sigmoids with the asymmetric loss.",
            "asymmetric",
        ),
        Recipe(
            "devise",
            "Hinge rank loss (DeViSE)",
            "A point in a PMI label space, ranked by margin (Frome et al. 2013).",
            "devise",
            SpaceRecipe(),
        ),
        Recipe(
            "conse",
            "Mixed guesses (ConSE)",
            "Logistic regression whose best guesses are averaged in a PMI label space "
            "(Norouzi et al. 2014).",
            "logistic",
            SpaceRecipe(),
            "conse",
        ),
        Recipe(
            "posterior",
            "The sphere with a prior",
            "A point in a smoothed label space, trained by likelihood with the tags' frequencies.",
            "posterior",
            _SMOOTHED,
        ),
    )
}
"""All recipes by name."""


def parse_recipe(text: str) -> Recipe:
    """Read a recipe from its name, with variations of its label space and decoder.

    Args:
        text: A name of ``RECIPES``, then any number of ``+key=value``: ``dim``, ``exponent``,
            ``method``, the embedder's own options, and ``decoder``.

    Raises:
        UsageError: If the name is unknown or a variation does not apply.

    Examples:
        >>> parse_recipe("paper+dim=512+method=npmi").space
        SpaceRecipe(method='npmi', dim=512, exponent=0.5, options={})
        >>> parse_recipe("paper+method=ecoc+tries=3+decoder=hamming").space
        SpaceRecipe(method='ecoc', dim=None, exponent=None, options={'tries': 3})
    """
    name, given = split_variations(text, "method", RECIPES, example="paper+dim=512")
    recipe = RECIPES[name]
    if not given:
        return recipe
    variations = [f"{key}={value}" for key, value in given.items()]
    decoder = given.pop("decoder", recipe.decoder)
    if given and recipe.space is None:
        raise UsageError(f"method {name!r} has no label space to vary, but got {text!r}")
    return replace(
        recipe,
        name="+".join([name, *variations]),
        title=f"{recipe.title}, {', '.join(variations)}",
        space=None if recipe.space is None else _varied(recipe.space, given),
        decoder=decoder,
    )


def _varied(space: SpaceRecipe, given: Mapping[str, str]) -> SpaceRecipe:
    embedder = given.get("method", space.method)
    options = {
        key: option_from_text(embedder, key, value)
        for key, value in given.items()
        if key not in ("method", "dim")
    }
    dim = space.dim
    if "dim" in given:
        try:
            dim = int(given["dim"])
        except ValueError as error:
            raise UsageError(f"dim must be a number, but got {given['dim']!r}") from error
    # The paper's exponent stays with embedders that have one, whatever else is varied.
    exponent = options.pop("exponent", space.exponent)
    if not has_option(embedder, "exponent"):
        exponent = None
    elif exponent is None:
        exponent = SpaceRecipe.exponent
    kept = {key: value for key, value in space.options.items() if has_option(embedder, key)}
    return SpaceRecipe(embedder, dim, exponent, {**kept, **options})
