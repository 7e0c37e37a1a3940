"""The result of an embedder."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from labelsphere.arrays import FloatArray
from labelsphere.json_types import Json


@dataclass(frozen=True, eq=False)
class Embedding:
    """The embeddings of some labels.

    Attributes:
        vectors: (labels, dimensions) float32. A label that could not be placed has a zero row.
        facts: What is worth keeping about how they were found, JSON types only.
    """

    vectors: FloatArray
    facts: Mapping[str, Json] = field(default_factory=dict)
