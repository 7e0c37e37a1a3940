"""The map as a PNG."""

import io
from typing import Any

import numpy as np
from matplotlib import colormaps
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from labelsphere.space.map.layout import Box, place_names
from labelsphere.space.map.projection import SpaceMap

SIZE_INCHES = (12.0, 9.0)
DPI = 150
NAMES = 150
_CANDIDATES = 1500
_GAP_POINTS = 3.0


def map_picture(chart: SpaceMap, names: int = NAMES) -> bytes:
    """Draw a map: a dot a label, and the names of the most frequent that fit.

    Args:
        chart: The map.
        names: At most so many names.

    Returns:
        PNG, 1800 × 1350 pixels.
    """
    figure = Figure(figsize=SIZE_INCHES, dpi=DPI)
    canvas: Any = FigureCanvasAgg(figure)
    axes = figure.add_axes((0.02, 0.05, 0.96, 0.93))
    colours = colormaps["tab10"].colors  # type: ignore[attr-defined] # listed ones
    chosen = [colours[group % len(colours)] for group in chart.groups.tolist()]
    area = 6.0 + 60.0 * np.sqrt(chart.counts / max(int(chart.counts.max()), 1))
    x, y = chart.positions.T
    axes.scatter(x, y, s=area, c=chosen, alpha=0.45, linewidths=0)
    axes.set_axis_off()
    axes.set_aspect("equal", adjustable="datalim")
    axes.margins(0.06)
    figure.text(
        0.02, 0.02, f"{chart.caption} {len(chart.names):,} labels.", fontsize=9, color="0.35"
    )
    canvas.draw()
    texts = [
        axes.annotate(
            # A dollar sign would start a formula.
            name.replace("$", r"\$"),
            (float(x[row]), float(y[row])),
            (_GAP_POINTS, _GAP_POINTS),
            textcoords="offset points",
            fontsize=8,
            color=tuple(0.6 * channel for channel in chosen[row]),
        )
        for row, name in enumerate(chart.names[:_CANDIDATES])
    ]
    renderer = canvas.get_renderer()
    boxes = [Box(*text.get_window_extent(renderer).extents) for text in texts]
    kept = set(place_names(boxes, Box(*axes.get_window_extent(renderer).extents), names))
    for row, text in enumerate(texts):
        text.set_visible(row in kept)
    file = io.BytesIO()
    canvas.print_png(file)
    return file.getvalue()
