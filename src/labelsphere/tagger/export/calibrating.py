"""Calibration in an ONNX graph: from raw scores to log-odds."""

import numpy as np

from labelsphere.arrays import DoubleArray
from labelsphere.tagger.calibration import Calibration
from labelsphere.tagger.calibration.isotonic import IsotonicCurves
from labelsphere.tagger.calibration.platt import PlattScaling
from labelsphere.tagger.export.graph import Graph

_LOWEST = float(np.finfo(np.float32).min)


def add_log_odds(graph: Graph, calibration: Calibration, scores: str) -> str:
    """Add a calibration to a graph.

    Args:
        graph: The graph.
        calibration: The calibration.
        scores: (batch, labels) float32.

    Returns:
        Log-odds, (batch, labels) float32; −∞ for scores of −∞.
    """
    impossible = graph.node("Less", scores, _float(graph, _LOWEST))
    finite = graph.node("Where", impossible, _float(graph, 0.0), scores)
    level = graph.node(
        "Sub", _level(graph, scores, calibration.scale), _float(graph, calibration.center)
    )
    level = _clipped(graph, level, -calibration.reach, calibration.reach)
    odds = _scaled(graph, calibration.platt, finite, level)
    if len(calibration.curves.labels):
        odds = _curved(graph, calibration.curves, odds)
    return graph.node("Where", impossible, _float(graph, -np.inf), odds)


def _scaled(graph: Graph, platt: PlattScaling, scores: str, level: str) -> str:
    """Add Platt scaling; see `PlattScaling.log_odds`."""
    count = platt.bends.shape[1]
    zero = _float(graph, 0.0)
    bends = [
        graph.stored(f"calibration.bend_{n}", platt.bends[:, n].astype(np.float32))
        for n in range(count)
    ]
    past = [graph.node("Sub", scores, bend) for bend in bends]
    parts = [graph.node("Min", past[0], zero)]
    for number in range(count - 1):
        width = graph.node("Sub", bends[number + 1], bends[number])
        parts.append(graph.node("Min", graph.node("Max", past[number], zero), width))
    parts.append(graph.node("Max", past[-1], zero))
    # The weight of the level changes from the first bend to the second.
    narrow = np.maximum(platt.bends[:, 1] - platt.bends[:, 0], 1e-12)
    rise = graph.node("Mul", past[0], graph.stored("calibration.rise", 1 / narrow))
    rise = _clipped(graph, rise, 0.0, 1.0)
    above = graph.node("Mul", graph.stored("calibration.level_above", platt.level_above), rise)
    weight = graph.node("Add", graph.stored("calibration.level", platt.level), above)
    odds = graph.node("Mul", weight, level)
    odds = graph.node("Add", odds, graph.stored("calibration.bias", platt.bias))
    for number, part in enumerate(parts):
        slope = graph.stored(f"calibration.slope_{number}", platt.slopes[:, number])
        odds = graph.node("Add", odds, graph.node("Mul", slope, part))
    return odds


def _level(graph: Graph, scores: str, scale: float) -> str:
    """Add the level of each picture, (batch, 1); see `level_of`."""
    last = graph.constant(np.array([1]))
    scaled = graph.node("Mul", scores, _float(graph, scale))
    # Avoid ∞ − ∞ for a picture whose scores are all −∞.
    highest = graph.node("Max", graph.node("ReduceMax", scaled, last), _float(graph, -1e30))
    total = graph.node("ReduceSum", graph.node("Exp", graph.node("Sub", scaled, highest)), last)
    level = graph.node("Add", graph.node("Log", total), highest)
    empty = graph.node("Less", highest, _float(graph, -1e29))
    return graph.node("Where", empty, _float(graph, 0.0), level)


def _curved(graph: Graph, curves: IsotonicCurves, odds: str) -> str:
    """Add the curves of labels to log-odds."""
    n_curves = len(curves.labels)
    sizes = np.diff(curves.starts)
    most = int(sizes.max())
    given = np.full((n_curves, most), np.inf)
    # One line per interval between knots: offset + slope · (x − origin).
    origin, offset, slope = (np.zeros((n_curves, most + 1)) for _ in range(3))
    for number in range(n_curves):
        inside = slice(curves.starts[number], curves.starts[number + 1])
        lines = _lines(curves.given[inside], curves.found[inside])
        given[number, : sizes[number]] = curves.given[inside]
        for table, values in zip((origin, offset, slope), lines, strict=True):
            table[number, : len(values)] = values
    labels = graph.stored("calibration.curve_labels", curves.labels)
    chosen = graph.node("Gather", odds, labels, axis=1)
    knots = graph.stored("calibration.knots", given[None])
    wide = graph.node("Unsqueeze", chosen, graph.constant(np.array([2])))
    passed = graph.node("Cast", graph.node("GreaterOrEqual", wide, knots), to=7)
    interval = graph.node("ReduceSum", passed, graph.constant(np.array([2])), keepdims=0)
    first = graph.constant(np.arange(n_curves)[None] * (most + 1))
    place = graph.node("Add", interval, first)
    origins, offsets, slopes = (
        graph.node("Gather", graph.stored(f"calibration.{name}", table.ravel()), place, axis=0)
        for name, table in (("origin", origin), ("offset", offset), ("slope", slope))
    )
    beyond = graph.node("Mul", slopes, graph.node("Sub", chosen, origins))
    curved = graph.node("Add", offsets, beyond)
    rows = graph.node("Expand", graph.constant(curves.labels[None]), graph.node("Shape", chosen))
    return graph.node("ScatterElements", odds, rows, curved, axis=1)


def _lines(given: DoubleArray, found: DoubleArray) -> tuple[DoubleArray, DoubleArray, DoubleArray]:
    """Return origin, offset and slope of each line: before, between and after the knots."""
    between = np.diff(found) / np.diff(given)
    return (
        np.concatenate([given[:1], given]),
        np.concatenate([found[:1], found]),
        np.concatenate([[1.0], between, [1.0]]),
    )


def _clipped(graph: Graph, value: str, low: float, high: float) -> str:
    return graph.node("Clip", value, _float(graph, low), _float(graph, high))


def _float(graph: Graph, value: float) -> str:
    return graph.constant(np.float32(value))
