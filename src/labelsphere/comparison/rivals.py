"""The verdict: every method against the best of its rivals, figure by figure."""

from collections.abc import Mapping, Sequence
from typing import Any

from labelsphere.comparison.decoder_names import best_decoder
from labelsphere.comparison.differences import Run, difference
from labelsphere.errors import UsageError
from labelsphere.recipes import Recipe

FIGURES = (
    "weighted_map@100",
    "map@100",
    "precision@1",
    "precision@5",
    "image_ap",
    "class_ap",
)
"""What the verdict is about: the paper's figure first, then those that users read."""

AT_BEST = "each at its best"
"""Each method under the decoder that is best for the figure on the validation images."""


def rival_names(methods: Sequence[Recipe], named: Sequence[str] | None) -> list[str]:
    """Names of the methods that the others are measured against.

    Args:
        methods: The methods compared.
        named: Their names as given; if None, all that need no label space: what one would use
            who has never heard of one.

    Raises:
        UsageError: If a name is not among the methods compared.
    """
    names = [method.name for method in methods]
    if named is None:
        return [method.name for method in methods if method.space is None]
    unknown = [name for name in named if name not in names]
    if unknown:
        raise UsageError(
            f"rivals must be among the methods compared, {', '.join(names)}, but got {unknown[0]!r}"
        )
    return list(named)


def versus(
    runs: Sequence[Run], rivals: Mapping[str, Sequence[Run]]
) -> dict[str, dict[str, dict[str, dict[str, float]]]]:
    """How far a method is above each of some others, decoder by decoder.

    Returns:
        By rival, decoder and metric: what `difference` returns.
    """
    return {
        name: {
            decoder: {
                metric: found
                for metric in of_decoder["values"]
                if (found := difference(runs, others, decoder, metric)) is not None
            }
            for decoder, of_decoder in runs[0]["decoders"].items()
        }
        for name, others in rivals.items()
    }


def against_best(
    runs: Sequence[Run], rivals: Mapping[str, Sequence[Run]]
) -> dict[str, dict[str, dict[str, Any]]]:
    """How far a method is above the best of its rivals.

    The best rival is sought for each figure and decoder anew, by its figure on the test images:
    the choice favours the rivals.

    Args:
        runs: The runs of the method.
        rivals: The runs of each rival, by name.

    Returns:
        By figure, and by decoder or ``AT_BEST``: what `difference` returns, the ``rival``, its
        figure ``rival_value``, and the method's own ``value``.
    """
    decoders = list(runs[0]["decoders"])
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for metric in FIGURES:
        sought = {name: name for name in decoders} | {AT_BEST: best_decoder(metric, decoders)}
        of_metric = {
            name: entry
            for name, decoder in sought.items()
            if (entry := _against(runs, rivals, decoder, metric)) is not None
        }
        if of_metric:
            found[metric] = of_metric
    return found


def mean_figure(runs: Sequence[Run], decoder: str, metric: str) -> float | None:
    """Mean over seeds of a figure, or None if a run lacks it."""
    values = [run["decoders"].get(decoder, {}).get("values", {}).get(metric) for run in runs]
    if not values or any(value is None for value in values):
        return None
    return float(sum(values) / len(values))


def best_rival(
    rivals: Mapping[str, Sequence[Run]], decoder: str, metric: str
) -> tuple[str, float] | None:
    """The rival with the highest figure, and the figure; None where none has it."""
    figures = {
        name: value
        for name, runs in rivals.items()
        if (value := mean_figure(runs, decoder, metric)) is not None
    }
    if not figures:
        return None
    best = max(figures, key=figures.__getitem__)
    return best, figures[best]


def _against(
    runs: Sequence[Run], rivals: Mapping[str, Sequence[Run]], decoder: str, metric: str
) -> dict[str, Any] | None:
    best = best_rival(rivals, decoder, metric)
    value = mean_figure(runs, decoder, metric)
    if best is None or value is None:
        return None
    gain = difference(runs, rivals[best[0]], decoder, metric)
    if gain is None:
        return None
    return {**gain, "rival": best[0], "rival_value": best[1], "value": value}
