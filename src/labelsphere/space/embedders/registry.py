"""Entries of `EMBEDDERS`, also made from a user's class or function."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeAlias

from labelsphere.annotations import Annotations
from labelsphere.errors import UsageError
from labelsphere.space.association import MEASURES
from labelsphere.space.counts import Counts
from labelsphere.space.embedders.embedding import Embedding

Embed: TypeAlias = Callable[..., Embedding]
"""Takes tags, the number of dimensions wanted (or None) and options by name."""

TOGETHER = "Labels that occur together in images lie in like directions."


@dataclass(frozen=True)
class Embedder:
    """A way to embed labels, with the texts that help, errors, docs and cards are made from.

    Attributes:
        name: What ``method=`` and ``--method`` call it.
        embed: A function of tags, dimensions and options; or a class that is made from the options
            and called with tags and dimensions.
        description: One line: which labels are near each other, or what is done.
        directions: What near means, a sentence for the model card.
    """

    name: str
    embed: Embed | type
    description: str
    directions: str = TOGETHER

    def __call__(
        self, tags: Annotations | Counts, dim: int | None = None, **options: Any
    ) -> Embedding:
        """Embed the labels of some tags.

        Args:
            tags: Annotations, or their counts where the method needs no more.
            dim: Number of dimensions; None for the method's own choice.
            **options: The method's own.
        """
        if isinstance(self.embed, type):
            found: Embedding = self.embed(**options)(tags, dim)
            return found
        return self.embed(tags, dim, **options)

    @property
    def options(self) -> dict[str, inspect.Parameter]:
        """The options by name, from the signature."""
        parameters = inspect.signature(self.embed).parameters
        if isinstance(self.embed, type):
            return dict(parameters)
        bound: Mapping[str, Any] = self.embed.keywords if isinstance(self.embed, partial) else {}
        known = {
            name: parameter
            for name, parameter in parameters.items()
            if parameter.kind is parameter.KEYWORD_ONLY and name not in bound
        }
        if "measure" in bound:
            own = list(inspect.signature(MEASURES[bound["measure"]]).parameters.values())[1:]
            known |= {parameter.name: parameter for parameter in own}
        return known


def as_embedder(method: Embed | type | Embedder) -> Embedder:
    """Return an embedder made of a user's own class, instance or function.

    It is called by its name, and described by the first line of its docstring.

    Raises:
        UsageError: If it cannot be called.
    """
    if isinstance(method, Embedder):
        return method
    if not callable(method):
        raise UsageError(
            "method must be a name, or a class, an instance or a function that embeds labels, "
            f"but got {method!r}"
        )
    name = getattr(method, "__name__", type(method).__name__)
    text = inspect.getdoc(method) or "Without a description."
    first = " ".join(text.split("\n\n")[0].split())
    return Embedder(name, method, first, f"Directions are those of {name}: {first}")
