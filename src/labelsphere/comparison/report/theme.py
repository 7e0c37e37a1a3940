"""Colours and type of the drawings, and drawings as SVG that follows the page's colours."""

import io
import re
from contextlib import AbstractContextManager

import matplotlib as mpl
from matplotlib.figure import Figure
from matplotlib.rcsetup import cycler

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

LINES = cycler(linestyle=["-", (0, (6, 1.5)), (0, (3, 1.2, 1, 1.2))]) * (
    cycler(color=SERIES) + cycler(marker=list("osD^vP"))
)
"""Looks of the methods' lines: colour is not the only difference; after the last colour they begin
again with another dash."""


def drawing() -> AbstractContextManager[None]:
    """Settings under which all drawings of a report are made and written."""
    return mpl.rc_context(
        {
            "font.family": "DejaVu Sans",
            "font.size": 9,
            "svg.fonttype": "none",
            "svg.hashsalt": "labelsphere",
            "text.color": INK,
            "axes.prop_cycle": LINES,
            "axes.edgecolor": MUTED,
            "axes.labelcolor": MUTED,
            "axes.labelsize": 8.5,
            "axes.titlecolor": INK,
            "axes.titlelocation": "left",
            "axes.titlepad": 10,
            "axes.titlesize": 10.5,
            "axes.titleweight": "bold",
            "axes.axisbelow": True,
            "axes.grid": True,
            "axes.grid.axis": "y",
            "axes.spines.left": False,
            "axes.spines.right": False,
            "axes.spines.top": False,
            "grid.color": RULE,
            "legend.fontsize": 8,
            "legend.frameon": False,
            "legend.loc": "lower right",
            "lines.linewidth": 2.2,
            "lines.markersize": 4,
            "savefig.dpi": 150,
            "xtick.color": MUTED,
            "xtick.labelsize": 8.5,
            "xtick.major.size": 0,
            "xtick.minor.size": 0,
            "ytick.color": MUTED,
            "ytick.labelsize": 8.5,
            "ytick.major.size": 0,
        }
    )


def png(figure: Figure) -> bytes:
    """A drawing as PNG on white."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", facecolor=PAPER)
    return buffer.getvalue()


def svg(figure: Figure) -> str:
    """A drawing as an SVG element for use inside a page.

    Its colours become the page's variables, so that it turns dark with it; size and fonts are
    left to the page.
    """
    buffer = io.StringIO()
    none = dict.fromkeys(("Creator", "Date", "Format", "Type"))
    figure.savefig(buffer, format="svg", transparent=True, metadata=none)
    text = buffer.getvalue()
    head, end, drawn = text[text.index("<svg") :].partition(">")
    head = re.sub(r' (xmlns(:\w+)?|width|height)="[^"]*"', "", head)
    for colour, variable in _VARIABLES.items():
        drawn = re.sub(re.escape(colour), variable, drawn, flags=re.IGNORECASE)
    return f"{head}{end}{drawn.rstrip()}"
