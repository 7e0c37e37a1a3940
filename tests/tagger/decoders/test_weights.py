"""Decoder weights: what is refused, and the way to JSON and back."""

import json
from math import inf, nan
from typing import Any

import pytest

from labelsphere.errors import UsageError
from labelsphere.tagger.decoders import DecoderWeights, NewLabelWeights


@pytest.mark.parametrize("kappa", [None, 14.0])
def test_come_back_from_json(kappa: float | None) -> None:
    new = None if kappa is None else NewLabelWeights(0.7, 0.1, -0.3)
    own = None if kappa is None else (0.0, 1.5)
    weights = DecoderWeights((0.25, 0.1 + 0.2), -0.1, -1.3, kappa, new, own)
    assert DecoderWeights.from_json(json.loads(json.dumps(weights.to_json()))) == weights
    assert weights.prior_for(specific=False) == -0.1
    assert weights.prior_for(specific=True) == -1.3
    assert weights.terms_for(specific=False) == weights.terms
    assert weights.terms_for(specific=True) == (own or weights.terms)
    older = {k: v for k, v in weights.to_json().items() if k != "specific_terms"}
    assert DecoderWeights.from_json(older).terms_for(specific=True) == weights.terms


@pytest.mark.parametrize(
    "values",
    [
        {"terms": ()},
        {"terms": (-0.1,)},
        {"terms": (inf,)},
        {"terms": (nan,)},
        {"prior": nan},
        {"specific_prior": inf},
        {"concentration": 0.0},
        {"concentration": nan},
        {"specific_terms": (1.0, -0.1)},
        {"specific_terms": (1.0, 0.5)},
        {"specific_terms": ()},
    ],
)
def test_what_is_no_weight_is_refused(values: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match="must"):
        DecoderWeights(**values)


@pytest.mark.parametrize("values", [(-0.1, 0.0, 0.0), (1.0, nan, 0.0), (1.0, 0.0, inf)])
def test_weights_of_new_labels_are_checked(values: tuple[float, float, float]) -> None:
    with pytest.raises(UsageError, match="must be finite"):
        NewLabelWeights(*values)
