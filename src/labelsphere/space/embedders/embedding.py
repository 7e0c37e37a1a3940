"""What an embedder returns."""

from dataclasses import dataclass, field
from typing import Any

from labelsphere.arrays import FloatArray


@dataclass(frozen=True, eq=False)
class Embedding:
    """Labels as points.

    Attributes:
        vectors: (labels, dimensions) float32. A label that could not be placed has a zero row.
        facts: What is worth keeping about how they were found, JSON types only.
    """

    vectors: FloatArray
    facts: dict[str, Any] = field(default_factory=dict)
