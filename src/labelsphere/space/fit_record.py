"""Record of how a label space was made, kept in its ``config.json``."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import cast

from labelsphere.errors import DataError, UsageError
from labelsphere.json_types import Json


@dataclass(frozen=True)
class FitRecord:
    """Record of how a label space was made.

    Attributes:
        method: Name of the embedder; None where it is not known.
        options: The embedder's own options, by name.
        exponent: Of the eigenvalues, where the embedder has some.
        images: Number of images that the labels were counted in; None where it is not known.
        placed_later: The labels that were added after the fit.
        aligned_labels: Number of labels by which the space was aligned with an older one; None
            where it was not.
        aligned_proximity: The mean cosine between those labels' vectors in the two spaces.
        facts: What else the embedder says of the fit, for the model card.
    """

    method: str | None = None
    options: Mapping[str, Json] = field(default_factory=dict)
    exponent: float | None = None
    images: float | None = None
    placed_later: tuple[str, ...] = ()
    aligned_labels: int | None = None
    aligned_proximity: float | None = None
    facts: Mapping[str, Json] = field(default_factory=dict)

    def counted_images(self) -> float:
        """Return the number of images that the labels were counted in.

        Raises:
            UsageError: If it is not known.
        """
        if self.images is None or self.images <= 0:
            raise UsageError(
                f"a space by {self.method!r} does not know how many images its labels were counted "
                "in; new labels are placed in spaces fitted from annotations or counts"
            )
        return self.images

    def to_json(self) -> dict[str, Json]:
        """Return the record as ``config.json`` holds it: facts next to the named fields."""
        named: dict[str, Json] = {
            "exponent": self.exponent,
            "images": self.images,
            "placed_later": list(self.placed_later) or None,
            "aligned_labels": self.aligned_labels,
            "aligned_proximity": self.aligned_proximity,
        }
        known = {key: value for key, value in named.items() if value is not None}
        return {"method": self.method, "options": dict(self.options), **known, **self.facts}

    @classmethod
    def from_json(cls, values: Mapping[str, Json]) -> "FitRecord":
        """Read what `to_json` returned; keys without a field of their own become facts.

        Raises:
            DataError: If a value is of another type than its field.

        Examples:
            >>> record = FitRecord.from_json({"method": "pmi", "images": 9, "pairs": 4})
            >>> record.images, record.facts
            (9, {'pairs': 4})
        """
        own = {f.name for f in fields(cls)} - {"facts"}
        given = {key: value for key, value in values.items() if key in own}
        for key, value in given.items():
            if value is not None and not isinstance(value, _TYPES[key]):
                raise DataError(f"{key} of a label space must not be {value!r}")
        given["options"] = given.get("options") or {}
        later = cast("list[str]", given.get("placed_later") or [])
        facts = {key: value for key, value in values.items() if key not in own}
        return cls(**{**given, "placed_later": tuple(later), "facts": facts})  # type: ignore[arg-type]


_TYPES: dict[str, type | tuple[type, ...]] = {
    "method": str,
    "options": Mapping,
    "exponent": (int, float),
    "images": (int, float),
    "placed_later": (list, tuple),
    "aligned_labels": int,
    "aligned_proximity": (int, float),
}
