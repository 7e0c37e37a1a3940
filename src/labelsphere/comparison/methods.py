"""Methods to compare: a recipe each, by name, with its parts open to variation."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from labelsphere.errors import UsageError
from labelsphere.space.embedders import has_option, option_from_text


@dataclass(frozen=True)
class SpaceRecipe:
    """How a method's label space is fitted; the arguments are those of ``LabelSpace.fit``.

    Attributes:
        method: How labels are embedded.
        dim: Dimensions k; None for the paper's 4,096, or all positive ones if they are fewer.
        exponent: Power of the eigenvalues; None where the embedder has none.
        options: Further arguments of the embedder.
    """

    method: str = "pmi"
    dim: int | None = None
    exponent: float | None = 0.5
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Method:
    """A way to train a tagger.

    Attributes:
        name: As given by the user; unique in a comparison.
        title: What to call it in a report.
        objective: Name of the objective.
        space: Its label space, or None.
        decoder: Name of its decoder, or None for that of the objective.
    """

    name: str
    title: str
    objective: str
    space: SpaceRecipe | None = None
    decoder: str | None = None

    def recipe(self) -> dict[str, Any]:
        """The method as JSON types."""
        space = self.space
        recipe: dict[str, Any] = {"objective": self.objective}
        if self.decoder is not None:
            recipe["decoder"] = self.decoder
        if space is not None:
            recipe["space"] = {"method": space.method, "dim": space.dim}
            if space.exponent is not None:
                recipe["space"]["exponent"] = space.exponent
            recipe["space"] |= space.options
        return recipe


_SMOOTHED = SpaceRecipe("smoothed", None, 0.25)
"""Every pair has a value, and directions of small eigenvalues, which tell rare tags apart, weigh
more than the paper's square root lets them."""

METHODS = {
    "logistic": Method("logistic", "Logistic regression", "logistic"),
    "paper": Method("paper", "Cosine proximity (the paper)", "cosine", SpaceRecipe()),
    "sphere": Method("sphere", "The sphere and a classifier", "sphere", _SMOOTHED),
    "posterior": Method("posterior", "The sphere with a prior", "posterior", _SMOOTHED),
    "softmax": Method("softmax", "Softmax over tags", "softmax"),
    "focal": Method("focal", "Focal loss", "focal"),
    "asymmetric": Method("asymmetric", "Asymmetric loss", "asymmetric"),
    "devise": Method("devise", "Hinge rank loss (DeViSE)", "devise", SpaceRecipe()),
    "conse": Method("conse", "Mixed guesses (ConSE)", "logistic", SpaceRecipe(), "conse"),
}


def parse_method(text: str) -> Method:
    """A method from its name, with variations of its label space and decoder.

    Args:
        text: A name of ``METHODS``, then any number of ``+key=value``: ``dim``, ``exponent``,
            ``method``, the embedder's own options, and ``decoder``.

    Raises:
        UsageError: If the name is unknown or a variation does not apply.

    Examples:
        >>> parse_method("paper+dim=512+method=npmi").space
        SpaceRecipe(method='npmi', dim=512, exponent=0.5, options={})
        >>> parse_method("paper+method=ecoc+tries=3+decoder=hamming").space
        SpaceRecipe(method='ecoc', dim=None, exponent=None, options={'tries': 3})
    """
    name, *variations = [part.strip() for part in text.split("+")]
    if name not in METHODS:
        raise UsageError(f"method must be one of {', '.join(METHODS)}, but got {name!r}")
    method = METHODS[name]
    if not variations:
        return method
    given = dict(_key_and_value(variation) for variation in variations)
    decoder = given.pop("decoder", method.decoder)
    if given and method.space is None:
        raise UsageError(f"method {name!r} has no label space to vary, but got {text!r}")
    return replace(
        method,
        name="+".join([name, *variations]),
        title=f"{method.title}, {', '.join(variations)}",
        space=None if method.space is None else _varied(method.space, given),
        decoder=decoder,
    )


def _key_and_value(variation: str) -> tuple[str, str]:
    key, equals, value = variation.partition("=")
    if not equals or not key:
        raise UsageError(
            f"a variation must be key=value, but got {variation!r}; example: paper+dim=512"
        )
    return key, value


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
    return SpaceRecipe(embedder, dim, exponent, {**space.options, **options})
