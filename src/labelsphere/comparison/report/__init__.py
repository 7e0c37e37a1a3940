"""The report of a comparison: a page, a Markdown file and Figure 1, from the results."""

import re
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from labelsphere.artefact import new_file
from labelsphere.comparison.report.charts import budget_charts, curve_charts, picture, svg
from labelsphere.comparison.report.metric_names import anchor
from labelsphere.comparison.report.page import Page
from labelsphere.comparison.report.sections import page
from labelsphere.comparison.report.theme import SERIES
from labelsphere.comparison.results import ComparisonResults

__all__ = ["html", "markdown", "write_report"]


def write_report(
    results: ComparisonResults, folder: str | Path, opening: Page | None = None
) -> None:
    """Write ``report.html``, ``report.md``, ``curves.png`` and, with budgets, ``budgets.png``.

    The page needs nothing else: it opens without a network and fits phones, paper and dark
    screens.

    Args:
        results: The results.
        folder: Where to write; made if missing. Files of these names are replaced.
        opening: What comes before the comparison.
    """
    contents = {
        "report.html": html(results, opening).encode(),
        "report.md": markdown(results, opening).encode(),
        "curves.png": picture(curve_charts(results)),
    }
    if charts := budget_charts(results):
        contents["budgets.png"] = picture(charts)
    for name, content in contents.items():
        with new_file(Path(folder) / name) as path:
            path.write_bytes(content)


def html(results: ComparisonResults, opening: Page | None = None) -> str:
    """Render the page. Tags, titles and paths come from users: all text is escaped."""
    return _rendered("report.html.j2", results, opening)


def markdown(results: ComparisonResults, opening: Page | None = None) -> str:
    """Render GitHub-flavoured Markdown. Markdown's signs in tags and titles are escaped."""
    return re.sub(r"\n{3,}", "\n\n", _rendered("report.md.j2", results, opening)).strip() + "\n"


def markdown_escaped(text: str) -> str:
    r"""Text in which no sign is read as Markdown or HTML.

    Examples:
        >>> print(markdown_escaped("a|b <i> *c*"))
        a\|b \<i\> \*c\*
    """
    return re.sub(r"([\\`*_{}\[\]<>#|~!&$])", r"\\\1", " ".join(text.split()))


def _code(text: str) -> Markup:
    """Escaped text with words between back quotes set as code."""
    return Markup(re.sub(r"`([^`]*)`", r"<code>\1</code>", str(Markup.escape(text))))


def _rendered(template: str, results: ComparisonResults, opening: Page | None) -> str:
    environment = Environment(
        loader=PackageLoader(__name__, "."),
        autoescape=select_autoescape(["html.j2"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"anchor": anchor, "code": _code, "md": markdown_escaped, "svg": svg}
    return environment.get_template(template).render(
        page=page(results, opening), definitions=results.definitions, series=len(SERIES)
    )
