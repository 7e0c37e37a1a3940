"""Colours and type of the drawings, and drawings as SVG that follows the page's colours."""

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from textwrap import wrap
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

SERIES = ("#0072b2", "#d55e00", "#009e73", "#aa4499", "#8a6d00", "#4d6fd9")
"""One colour a method, told apart with any kind of colour vision (after Okabe and Ito)."""

INK = "#1b1f24"
MUTED = "#5f6873"
RULE = "#d8dde3"
PAPER = "#ffffff"

_VARIABLES = {
    INK: "var(--ink)",
    MUTED: "var(--muted)",
    RULE: "var(--rule)",
    PAPER: "var(--paper)",
    **{colour: f"var(--series-{number})" for number, colour in enumerate(SERIES)},
}
_MARKERS = "osD^vP"
_DASHES = ("-", (0, (6, 1.5)), (0, (3, 1.2, 1, 1.2)))


def colour(number: int) -> str:
    """Colour of a method; after the last one they begin again with another dash."""
    return SERIES[number % len(SERIES)]


def dash(number: int) -> object:
    """Line style of a method."""
    return _DASHES[number // len(SERIES) % len(_DASHES)]


def marker(number: int) -> str:
    """Marker of a method, so that colour is not the only difference."""
    return _MARKERS[number % len(_MARKERS)]


@contextmanager
def drawing() -> Iterator[None]:
    """Settings under which all drawings of a report are made and written."""
    settings: dict[Any, Any] = {
        "font.family": "DejaVu Sans",
        "font.size": 9,
        "svg.fonttype": "none",
        "svg.hashsalt": "labelsphere",
        "axes.edgecolor": MUTED,
        "axes.labelcolor": MUTED,
        "axes.titlecolor": INK,
        "text.color": INK,
        "xtick.color": MUTED,
        "ytick.color": MUTED,
        "axes.unicode_minus": True,
    }
    with mpl.rc_context(settings):
        yield


def plain_axes(axes: Axes, x_label: str) -> None:
    """Horizontal rules only, no frame."""
    axes.set_xlabel(x_label, fontsize=8.5)
    axes.grid(axis="y", color=RULE, linewidth=0.8)
    axes.set_axisbelow(True)
    axes.tick_params(length=0, labelsize=8.5)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(MUTED)


def folded(title: str, width: int = 20) -> str:
    """A method's title over several short lines, for the end of a line in a drawing."""
    return "\n".join(wrap(title, width)) or title


def png(figure: Figure, dpi: int = 150) -> bytes:
    """A drawing as PNG on white."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=dpi, facecolor=PAPER)
    return buffer.getvalue()


def svg(figure: Figure) -> str:
    """A drawing as an SVG element for use inside a page.

    Its colours become the page's variables, so that it turns dark with it; size and fonts are
    left to the page.
    """
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg", transparent=True, metadata={"Date": None})
    text = buffer.getvalue()
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
    text = re.sub(r'(<svg[^>]*?) width="[^"]*"', r"\1", text, count=1)
    text = re.sub(r'(<svg[^>]*?) height="[^"]*"', r"\1", text, count=1)
    text = re.sub(r' xmlns(:\w+)?="[^"]*"', "", text)
    for drawn, variable in _VARIABLES.items():
        text = re.sub(re.escape(drawn), variable, text, flags=re.IGNORECASE)
    return text.strip()
