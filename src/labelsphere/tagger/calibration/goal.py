"""Goals of thresholds."""

from dataclasses import dataclass

from labelsphere.errors import UsageError


@dataclass(frozen=True)
class Goal:
    """Goal of the accept thresholds: one of three.

    Without arguments the goal is a precision of 0.9.

    Attributes:
        precision: Expected share of correct tags among the accepted ones, between 0 and 1.
        f1: Whether to choose the thresholds with the highest expected F1.
        at_most: Largest number of accepted tags per image.

    Raises:
        UsageError: If more than one goal is given, or a number is out of range.

    Examples:
        >>> Goal().describe()
        'precision 0.9'
        >>> Goal(at_most=12).describe()
        'at most 12 tags per image'
    """

    precision: float | None = None
    f1: bool = False
    at_most: int | None = None

    def __post_init__(self) -> None:
        """Check that there is one goal, within its range."""
        given = [self.precision is not None, self.f1, self.at_most is not None]
        if sum(given) > 1:
            raise UsageError("precision, f1 and at_most contradict: give one of them")
        if not any(given):
            object.__setattr__(self, "precision", 0.9)
        if self.precision is not None and not 0 < self.precision < 1:
            raise UsageError(
                f"precision must be between 0 and 1, such as 0.9, but got {self.precision}"
            )
        if self.at_most is not None and self.at_most < 1:
            raise UsageError(f"at_most must be 1 or more, but got {self.at_most}")

    def describe(self) -> str:
        """Describe the goal in a few words."""
        if self.f1:
            return "highest F1"
        if self.at_most is not None:
            return f"at most {self.at_most} tags per image"
        return f"precision {self.precision:g}"

    def to_json(self) -> dict[str, float | bool | int]:
        """Convert to JSON: a name and its value."""
        if self.f1:
            return {"f1": True}
        if self.at_most is not None:
            return {"at_most": self.at_most}
        assert self.precision is not None
        return {"precision": self.precision}

    @classmethod
    def from_json(cls, values: object) -> "Goal":
        """Read what `to_json` wrote.

        Raises:
            ValueError: If the value is not a goal.
        """
        if not isinstance(values, dict) or len(values) != 1:
            raise ValueError(f"a goal is an object with one name, not {values!r}")
        name, value = next(iter(values.items()))
        if name == "f1" and value is True:
            return cls(f1=True)
        if name == "at_most" and isinstance(value, int) and not isinstance(value, bool):
            return cls(at_most=value)
        if name == "precision" and isinstance(value, float):
            return cls(precision=value)
        raise ValueError(f"{values!r} is not a goal")
