"""Equal decoders: chosen on the validation images from the same families for every method."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, isnan, log
from typing import Any

from labelsphere.comparison.decoder_names import (
    AS_TRAINED,
    BEST,
    CRITERIA,
    best_decoder,
    decoder_name,
)
from labelsphere.comparison.families import Candidate, Family, Trained
from labelsphere.metrics import Evaluation, centred_interval


@dataclass(frozen=True)
class Choice:
    """The candidate of a family, or of several, with the highest figure on validation.

    Attributes:
        family: Name of its family.
        place: Its number among the family's candidates.
        candidate: The decoder itself.
        value: The figure that it was chosen for, on the validation images.
        reading: How the head is read, where there are several ways.
    """

    family: str
    place: int
    candidate: Candidate
    value: float
    reading: str | None = None


def choose_decoders(trained: Trained, families: Sequence[Family]) -> dict[str, Choice]:
    """For each figure of `CRITERIA` the decoder that is best on the validation images.

    Of equal figures the smallest correction wins. The test images have no part in it.

    Args:
        trained: A trained tagger.
        families: What to choose from.

    Returns:
        A choice for each family and figure, and for each figure among all families where there
        are several, by the decoder's name.
    """
    bench, rows = trained.bench, trained.bench.protocol.val
    choices: dict[str, Choice] = {}
    for family in families:
        candidates = family.candidates(trained)
        found = [
            bench.evaluate(candidate.scores(rows), rows, per_class=False).values
            for candidate in candidates
        ]
        for criterion in CRITERIA:
            value, _, place = max(
                (values[criterion], -candidate.size, place)
                for place, (candidate, values) in enumerate(zip(candidates, found, strict=True))
            )
            choices[decoder_name(family.name, criterion)] = Choice(
                family.name, place, candidates[place], value
            )
    if len(families) > 1:
        for criterion in CRITERIA:
            of_families = [choices[decoder_name(family.name, criterion)] for family in families]
            choices[decoder_name(BEST, criterion)] = max(
                of_families, key=lambda choice: choice.value
            )
    return choices


def choose_per_class(trained: Trained, family: Family) -> Choice:
    """A family's least correction, with its AP per class on the validation images.

    For choosing among readings of a head: within a family of corrections for how common a tag is
    all candidates have the same, since each moves all images of a tag alike.
    """
    bench, rows = trained.bench, trained.bench.protocol.val
    candidates = family.candidates(trained)
    place = min(range(len(candidates)), key=lambda number: candidates[number].size)
    values = bench.evaluate(candidates[place].scores(rows), rows, per_class=True).values
    return Choice(family.name, place, candidates[place], values["class_ap"])


def validation_score(choices: dict[str, Choice]) -> float:
    """How good a training is by all criteria at once, each under the best decoder for it.

    The geometric mean of the figures, so that each counts by its ratio: a rate that gains a tenth
    on one and loses a tenth on another is as good as before.
    """
    best = [choices[best_decoder(criterion, choices)].value for criterion in CRITERIA]
    return exp(sum(log(max(value, 1e-12)) for value in best) / len(best))


def decoded_results(trained: Trained, choices: dict[str, Choice]) -> dict[str, dict[str, Any]]:
    """A trained tagger's figures on the test images, decoder by decoder.

    Returns:
        As trained and for each choice: ``values``, ``intervals``, ``by_frequency``, ``resampled``
        (the values over each bootstrap draw of the test images), and for choices ``family``, the
        parameters of the decoder chosen and, where there are several, its ``reading``.
    """
    bench, rows = trained.bench, trained.bench.protocol.test

    def figures(scores: Any) -> dict[str, Any]:
        return _figures(bench.evaluate(scores, rows, per_class=True), bench.settings.resamples)

    results = {AS_TRAINED: figures(trained.scores(rows))}
    computed: dict[tuple[str | None, str, int], dict[str, Any]] = {}
    for name, choice in choices.items():
        key = (choice.reading, choice.family, choice.place)
        if key not in computed:
            # One that is chosen for several figures is scored once.
            computed[key] = figures(choice.candidate.scores(rows))
        results[name] = {
            **computed[key],
            "family": choice.family,
            **choice.candidate.parameters,
            **({} if choice.reading is None else {"reading": choice.reading}),
        }
    return results


def plain_values(trained: Trained, choices: dict[str, Choice]) -> dict[str, dict[str, float]]:
    """As `decoded_results`, the bare figures alone: for evaluations along a training."""
    bench, rows = trained.bench, trained.bench.protocol.test
    scores = {AS_TRAINED: trained.scores(rows)} | {
        name: choice.candidate.scores(rows) for name, choice in choices.items()
    }
    return {
        name: bench.evaluate(of_decoder, rows, per_class=False).values
        for name, of_decoder in scores.items()
    }


def _figures(evaluation: Evaluation, resamples: int) -> dict[str, Any]:
    drawn = evaluation.resampled(resamples)
    return {
        "values": evaluation.values,
        "intervals": {k: centred_interval(evaluation.values[k], drawn[k]) for k in drawn},
        "by_frequency": evaluation.by_frequency,
        "resampled": {
            key: [None if isnan(value) else value for value in values.tolist()]
            for key, values in drawn.items()
        },
    }
