"""How much of the budget a method needs for the best rival's final figure (§4.4.2, Figure 1)."""

from collections.abc import Mapping, Sequence
from typing import Any

from labelsphere.comparison.decoder_names import AS_TRAINED, best_decoder
from labelsphere.comparison.differences import Run, difference
from labelsphere.comparison.rivals import AT_BEST, FIGURES, best_rival, mean_figure


def reaching_by_budget(
    budgets: Sequence[Mapping[str, Any]], rivals: Mapping[str, Sequence[Run]]
) -> dict[str, dict[str, dict[str, Any]]]:
    """The smallest budget with which a method ends at the best rival's final figure.

    Every budget is a training of its own, with a whole schedule: its end is a figure that can be
    had, where a point along a longer training is not.

    Args:
        budgets: A method's budgets, each with ``share``, ``steps``, ``seconds`` and ``runs``.
        rivals: The runs of each rival with the whole budget, by name.

    Returns:
        For decoding as trained and ``AT_BEST``, by figure: ``rival``, ``target`` and its
        ``target_seconds``; ``ends``, for each budget its share, seconds, figure and difference
        from the target; ``share`` and ``seconds`` of the smallest budget whose mean is at or above
        the target, None where none is; and ``between``, where that lies between two budgets if
        the figure is taken to grow evenly with the logarithm of the steps.
    """
    ordered = sorted(budgets, key=lambda budget: float(budget["share"]))
    if not ordered:
        return {}
    there = list(ordered[0]["runs"][0]["decoders"])
    return {
        view: {
            metric: found
            for metric in FIGURES
            if (found := _of_figure(ordered, rivals, decoder_of(metric, there), metric))
        }
        for view, decoder_of in ((AS_TRAINED, _as_trained), (AT_BEST, best_decoder))
    }


def reaching_along(
    curves: Sequence[Sequence[Mapping[str, Any]]],
    targets: Mapping[str, Sequence[Sequence[Mapping[str, Any]]]],
) -> dict[str, dict[str, dict[str, Any]]]:
    """When a training at a constant rate first has the best rival's final figure at such a rate.

    Args:
        curves: Evaluations along the training, one list a seed.
        targets: The same of each rival, by name.

    Returns:
        For decoding as trained and ``AT_BEST``, by figure: ``rival``, ``target``, ``target_steps``
        and ``target_seconds`` of its end, and ``steps``, ``seconds`` and ``share`` of the steps at
        the first evaluation at or above it: the true step may be up to one evaluation earlier.
    """
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for view in (AS_TRAINED, AT_BEST):
        for metric in FIGURES:
            lines = {name: _line(of_rival, view, metric) for name, of_rival in targets.items()}
            ends = {name: line[-1] for name, line in lines.items() if line}
            own = _line(curves, view, metric)
            if not ends or not own:
                continue
            rival = max(ends, key=lambda name: ends[name][2])
            steps, seconds, target = ends[rival]
            reached = next((point for point in own if point[2] >= target - 1e-9), None)
            found.setdefault(view, {})[metric] = {
                "rival": rival,
                "target": target,
                "target_steps": steps,
                "target_seconds": seconds,
                "steps": reached[0] if reached else None,
                "seconds": reached[1] if reached else None,
                "share": reached[0] / steps if reached else None,
            }
    return found


def _of_figure(
    budgets: Sequence[Mapping[str, Any]],
    rivals: Mapping[str, Sequence[Run]],
    decoder: str,
    metric: str,
) -> dict[str, Any] | None:
    best = best_rival(rivals, decoder, metric)
    if best is None:
        return None
    rival, target = best
    ends = []
    for budget in budgets:
        value = mean_figure(budget["runs"], decoder, metric)
        if value is None:
            continue
        gain = difference(budget["runs"], rivals[rival], decoder, metric) or {}
        ends.append(
            {
                "share": budget["share"],
                "steps": budget["steps"],
                "seconds": budget["seconds"],
                "value": value,
                **gain,
            }
        )
    reached = next((place for place, end in enumerate(ends) if end["value"] >= target), None)
    return {
        "rival": rival,
        "target": target,
        "target_seconds": sum(run["seconds"] for run in rivals[rival]) / len(rivals[rival]),
        "ends": ends,
        "share": None if reached is None else ends[reached]["share"],
        "seconds": None if reached is None else ends[reached]["seconds"],
        "between": _between(ends, reached, target),
    }


def _between(ends: Sequence[Mapping[str, Any]], reached: int | None, target: float) -> float | None:
    """Share of the steps where a line through the two budgets around it meets the target."""
    if reached is None:
        return None
    if reached == 0:
        return float(ends[0]["share"])
    before, after = ends[reached - 1], ends[reached]
    part = (target - before["value"]) / (after["value"] - before["value"])
    ratio = after["share"] / before["share"]
    return float(before["share"] * ratio**part)


def _as_trained(metric: str, there: Sequence[str]) -> str:  # noqa: ARG001 - as best_decoder
    return AS_TRAINED


def _line(
    curves: Sequence[Sequence[Mapping[str, Any]]], view: str, metric: str
) -> list[tuple[int, float, float]]:
    """Steps, seconds and figure at each evaluation, means over seeds."""
    points = []
    for at in zip(*curves, strict=True):
        values = [_value(point, view, metric) for point in at]
        seconds = [float(point["seconds"]) for point in at]
        if any(value is None for value in values):
            return []
        mean = sum(value for value in values if value is not None) / len(values)
        points.append((int(at[0]["step"]), sum(seconds) / len(seconds), mean))
    return points


def _value(point: Mapping[str, Any], view: str, metric: str) -> float | None:
    under = point.get("decoders", {})
    decoder = best_decoder(metric, under) if view == AT_BEST else AS_TRAINED
    values = point["values"] if decoder == AS_TRAINED else under[decoder]
    value = values.get(metric)
    return None if value is None else float(value)
