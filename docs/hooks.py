"""Puts help pages and tables of registries into the reference when the site is built."""

import os
import re
import subprocess
import sys
from typing import Any

_PLACE = re.compile(r"<!-- help:(?P<verb>[\w ]*)-->")


_FORMATS = "<!-- formats -->"


def on_page_markdown(markdown: str, **_: Any) -> str:
    """Replace each ``<!-- help: VERB -->`` and ``<!-- formats -->`` by what they stand for."""
    if _FORMATS in markdown:
        from labelsphere.annotations.formats import formats_as_markdown

        markdown = markdown.replace(_FORMATS, formats_as_markdown())
    return _PLACE.sub(lambda match: _help(match["verb"].split()), markdown)


def _help(verb: list[str]) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "labelsphere", *verb, "--help"],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "TYPER_USE_RICH": "0", "COLUMNS": "90", "NO_COLOR": "1"},
    )
    return f"```text\n{done.stdout.strip()}\n```"
