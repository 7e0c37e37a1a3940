"""The few numbers of a decoder that are fitted on validation images."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from math import isfinite
from typing import Any

from labelsphere.errors import UsageError
from labelsphere.json_types import Json


@dataclass(frozen=True)
class NewLabelWeights:
    """Weights for labels added after the training: score_c = w · x_c + γ · log p(c) + δ.

    Attributes:
        term: w, of the score x_c that needs no training on the label; 0 or more.
        prior: γ, for ranking the tags that are most likely true.
        offset: δ, what makes the scores compare with those of other labels.

    Raises:
        UsageError: If a weight is not finite, or ``term`` is negative.
    """

    term: float
    prior: float
    offset: float

    def __post_init__(self) -> None:
        """Check the numbers."""
        if not (self.term >= 0 and all(map(isfinite, (self.term, self.prior, self.offset)))):
            raise UsageError(f"the weights of new labels must be finite, but got {self}")


@dataclass(frozen=True)
class DecoderWeights:
    """Weights of a decoder's terms: score_c = Σ_j w_j · term_j(c) + γ · log p(c).

    Attributes:
        terms: w_j, 0 or more, one for each term of the decoder.
        prior: γ for ranking the tags that are most likely true of an image.
        specific_prior: γ for ranking the tags that tell an image apart from others; usually
            negative, so that common tags come later.
        concentration: κ, for decoders that read tag sets; None for others.
        specific_terms: w_j for ranking the tags that tell an image apart; None for ``terms``.
        new_labels: For labels added after the training, where their terms are other ones; None
            where they were not fitted.

    Raises:
        UsageError: If a weight is negative or not finite.
    """

    terms: tuple[float, ...] = (1.0,)
    prior: float = 0.0
    specific_prior: float = 0.0
    concentration: float | None = None
    new_labels: NewLabelWeights | None = None
    specific_terms: tuple[float, ...] | None = None

    def __post_init__(self) -> None:
        """Check the numbers."""
        for terms in (self.terms, self.terms_for(specific=True)):
            if not terms or not all(isfinite(weight) and weight >= 0 for weight in terms):
                raise UsageError(f"decoder weights must be finite and 0 or more, but got {terms}")
        if len(self.terms_for(specific=True)) != len(self.terms):
            raise UsageError(
                f"both uses must weigh the same terms, but got {len(self.terms)} weights and "
                f"{len(self.terms_for(specific=True))}"
            )
        if not (isfinite(self.prior) and isfinite(self.specific_prior)):
            raise UsageError(
                "the weights of the prior must be finite, "
                f"but got {self.prior} and {self.specific_prior}"
            )
        if self.concentration is not None and not 0 < self.concentration < float("inf"):
            raise UsageError(f"the concentration must be above 0, but got {self.concentration}")

    def prior_for(self, *, specific: bool) -> float:
        """γ for one of the two uses."""
        return self.specific_prior if specific else self.prior

    def terms_for(self, *, specific: bool) -> tuple[float, ...]:
        """w_j for one of the two uses."""
        return self.specific_terms if specific and self.specific_terms is not None else self.terms

    def to_json(self) -> dict[str, Json]:
        """The weights as JSON types."""
        own = self.specific_terms
        return {
            "terms": list(self.terms),
            "specific_terms": None if own is None else list(own),
            "prior": self.prior,
            "specific_prior": self.specific_prior,
            "concentration": self.concentration,
            "new_labels": None if self.new_labels is None else asdict(self.new_labels),
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "DecoderWeights":
        """The weights from what `to_json` made.

        Raises:
            LookupError, TypeError, ValueError: If something is missing or no number.
            UsageError: As the class.
        """
        kappa, new = values["concentration"], values.get("new_labels")
        own = values.get("specific_terms")
        return cls(
            tuple(float(weight) for weight in values["terms"]),
            float(values["prior"]),
            float(values["specific_prior"]),
            None if kappa is None else float(kappa),
            None if new is None else NewLabelWeights(**{k: float(v) for k, v in new.items()}),
            None if own is None else tuple(float(weight) for weight in own),
        )
