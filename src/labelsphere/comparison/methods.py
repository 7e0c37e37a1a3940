"""Methods to compare: a recipe each, by name, with its parts open to variation."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from labelsphere.errors import UsageError


@dataclass(frozen=True)
class SpaceRecipe:
    """How a method's label space is fitted; the arguments are those of ``LabelSpace.fit``.

    Attributes:
        method: How labels are embedded.
        dim: Dimensions k; None for the paper's 4,096, or all positive ones if they are fewer.
        exponent: Power of the eigenvalues.
        options: Further arguments of the embedder.
    """

    method: str = "pmi"
    dim: int | None = None
    exponent: float = 0.5
    options: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Method:
    """A way to train a tagger.

    Attributes:
        name: As given by the user; unique in a comparison.
        title: What to call it in a report.
        objective: Name of the objective.
        space: Its label space, or None.
    """

    name: str
    title: str
    objective: str
    space: SpaceRecipe | None = None

    def recipe(self) -> dict[str, Any]:
        """The method as JSON types."""
        space = self.space
        if space is None:
            return {"objective": self.objective}
        parts = {"method": space.method, "dim": space.dim, "exponent": space.exponent}
        return {"objective": self.objective, "space": {**parts, **space.options}}


METHODS = {
    "logistic": Method("logistic", "Logistic regression", "logistic"),
    "paper": Method("paper", "Cosine proximity (the paper)", "cosine", SpaceRecipe()),
}


def parse_method(text: str) -> Method:
    """A method from its name, with variations of its label space.

    Args:
        text: A name of ``METHODS``, then any number of ``+key=value``: ``dim``, ``exponent``,
            ``method``, and the embedder's own options.

    Raises:
        UsageError: If the name is unknown or a variation does not apply.

    Examples:
        >>> parse_method("paper+dim=512+method=npmi").space
        SpaceRecipe(method='npmi', dim=512, exponent=0.5, options={})
    """
    name, *variations = [part.strip() for part in text.split("+")]
    if name not in METHODS:
        raise UsageError(f"method must be one of {', '.join(METHODS)}, but got {name!r}")
    method = METHODS[name]
    if not variations:
        return method
    if method.space is None:
        raise UsageError(f"method {name!r} has no label space to vary, but got {text!r}")
    space = method.space
    for variation in variations:
        key, equals, value = variation.partition("=")
        if not equals or not key:
            raise UsageError(
                f"a variation must be key=value, but got {variation!r}; example: paper+dim=512"
            )
        space = _varied(space, key, value)
    text = "+".join([name, *variations])
    return replace(method, name=text, title=f"{method.title}, {', '.join(variations)}", space=space)


def _varied(space: SpaceRecipe, key: str, value: str) -> SpaceRecipe:
    if key == "method":
        return replace(space, method=value)
    try:
        if key == "dim":
            return replace(space, dim=int(value))
        if key == "exponent":
            return replace(space, exponent=float(value))
        return replace(space, options={**space.options, key: float(value)})
    except ValueError as error:
        raise UsageError(f"{key} must be a number, but got {value!r}") from error
