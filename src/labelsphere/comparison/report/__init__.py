"""The report of a comparison: a page, a Markdown file and Figure 1, from the results."""

import re
from importlib import resources
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from labelsphere.artefact import new_file
from labelsphere.comparison.report.charts import budget_panels, curve_panels, picture
from labelsphere.comparison.report.metric_names import anchor
from labelsphere.comparison.report.page import Page
from labelsphere.comparison.report.sections import Introduction, page
from labelsphere.comparison.report.theme import SERIES
from labelsphere.comparison.results import ComparisonResults

__all__ = ["Introduction", "html", "markdown", "write_report"]

_PACKAGE = "labelsphere.comparison.report"


def write_report(
    results: ComparisonResults, folder: str | Path, opening: Introduction | None = None
) -> None:
    """Write ``report.html``, ``report.md``, ``curves.png`` and, with budgets, ``budgets.png``.

    The page needs nothing else: it opens without a network and fits phones, paper and dark
    screens.

    Args:
        results: The results.
        folder: Where to write; made if missing. Files of these names are replaced.
        opening: What comes before the comparison.
    """
    folder = Path(folder)
    made = page(results, opening)
    contents = {
        "report.html": html(results, made).encode(),
        "report.md": markdown(results, made).encode(),
        "curves.png": picture(curve_panels(results)),
    }
    if panels := budget_panels(results):
        contents["budgets.png"] = picture(panels)
    for name, content in contents.items():
        with new_file(folder / name) as path:
            path.write_bytes(content)


def html(results: ComparisonResults, made: Page | None = None) -> str:
    """Render the page. Tags, titles and paths come from users: all text is escaped.

    Args:
        results: The results.
        made: Their page where it was made before; drawing its charts takes seconds.
    """
    style = resources.files(_PACKAGE).joinpath("report.css").read_text(encoding="utf-8")
    environment = _environment(autoescape=True)
    environment.filters |= {"code": _code, "safe_svg": Markup}
    return environment.get_template("report.html.j2").render(
        page=made or page(results),
        style=Markup(style),
        definitions=results.definitions,
        series=len(SERIES),
    )


def markdown(results: ComparisonResults, made: Page | None = None) -> str:
    """Render GitHub-flavoured Markdown. Markdown's signs in tags and titles are escaped.

    Args:
        results: The results.
        made: As for `html`.
    """
    text = (
        _environment(autoescape=False)
        .get_template("report.md.j2")
        .render(page=made or page(results))
    )
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


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


def _environment(*, autoescape: bool) -> Environment:
    environment = Environment(
        loader=PackageLoader(_PACKAGE, "."),
        autoescape=autoescape,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"anchor": anchor, "md": markdown_escaped}
    return environment
