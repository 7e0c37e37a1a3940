"""Ways of placing labels: one family a file, chosen by name.

An embedder takes the tags, the number of dimensions wanted and its own options, and returns an
`Embedding`. A new one is a file here and a line in `EMBEDDERS`.
"""

from functools import partial
from typing import Any, Protocol

from labelsphere.annotations import Annotations
from labelsphere.space.association import MEASURES
from labelsphere.space.cooccurrence import Counts
from labelsphere.space.embedders.embedding import Embedding
from labelsphere.space.embedders.spectral import embed_by_spectrum

__all__ = ["EMBEDDERS", "Embedder", "Embedding"]


class Embedder(Protocol):
    """What every way of placing labels looks like."""

    def __call__(self, tags: Annotations | Counts, dim: int | None, **options: Any) -> Embedding:
        """Place the labels of some tags in ``dim`` dimensions."""


EMBEDDERS: dict[str, Embedder] = {
    measure: partial(embed_by_spectrum, measure=measure) for measure in MEASURES
}
