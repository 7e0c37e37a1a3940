"""The report of a comparison: a page, a Markdown file and Figure 1, from ``results.json``."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from labelsphere.artefact import new_file
from labelsphere.comparison.report.budget_curves import budgets_png
from labelsphere.comparison.report.curves import curves_png
from labelsphere.comparison.report.html import html
from labelsphere.comparison.report.markdown import markdown

__all__ = ["write_report"]


def write_report(results: Mapping[str, Any], folder: str | Path) -> None:
    """Write ``report.html``, ``report.md``, ``curves.png`` and, with budgets, ``budgets.png``.

    The page is whole in itself: it opens without a network and fits phones, paper and dark
    screens. What the results lack is left out: pictures, neighbours, further seeds or methods.

    Args:
        results: What ``results.json`` holds.
        folder: Where to write; made if missing. Files of these names are replaced.
    """
    folder = Path(folder)
    contents = {
        "report.html": html(results).encode(),
        "report.md": markdown(results).encode(),
        "curves.png": curves_png(results),
    }
    if (budgets := budgets_png(results)) is not None:
        contents["budgets.png"] = budgets
    for name, content in contents.items():
        with new_file(folder / name) as path:
            path.write_bytes(content)
