"""Names at the ends of lines, in place of a legend."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from scipy.optimize import isotonic_regression

from labelsphere.comparison.report import theme

_PLOT_INCHES = 2.8  # height between the axes, near enough in all sizes


def name_lines(axes: Axes, ends: Sequence[tuple[int, str, float, float]]) -> None:
    """Write names beside the lines' ends, moved apart where they would overlap.

    Args:
        axes: A drawing whose limits are set.
        ends: For each line its method's number, its name, and the place of its end.
    """
    low, high = axes.get_ylim()
    line_height = (high - low) * (9.5 / 72) / _PLOT_INCHES
    ordered = sorted(ends, key=lambda end: end[3])
    names = [theme.folded(end[1]) for end in ordered]
    heights = [line_height * (name.count("\n") + 1) + 0.4 * line_height for name in names]
    places = spread([end[3] for end in ordered], heights, low, high)
    for (number, _, x, y), name, place in zip(ordered, names, places, strict=True):
        axes.annotate(
            name,
            (x, y),
            xytext=(1.03, place),
            textcoords=("axes fraction", "data"),
            va="center",
            color=theme.colour(number),
            fontsize=8,
            fontweight="bold",
            linespacing=1.05,
            annotation_clip=False,
            parse_math=False,
            arrowprops={
                "arrowstyle": "-",
                "color": theme.colour(number),
                "linewidth": 0.7,
                "alpha": 0.6,
                "relpos": (0, 0.5),
                "shrinkA": 1,
                "shrinkB": 3,
            },
        )


def spread(
    wanted: Sequence[float], heights: Sequence[float], low: float, high: float
) -> list[float]:
    """Centres of stacked boxes as near to wanted places as they can be without overlap.

    Args:
        wanted: Rising places.
        heights: Height of each box.
        low: Lower limit of the stack.
        high: Upper limit, kept before the lower one where the boxes do not fit.

    Examples:
        >>> spread([1.0, 1.2, 5.0], [1.0, 1.0, 1.0], 0.0, 6.0)
        [0.6, 1.6, 5.0]
    """
    height = np.asarray(heights, np.float64)
    # Without the heights stacked below them, the places only have to rise.
    stacked = np.cumsum(height) - height / 2
    rising = isotonic_regression(np.asarray(wanted, np.float64) - stacked).x
    inside = np.minimum(np.maximum(rising, low), high - height.sum())
    return [round(float(place), 9) for place in inside + stacked]
