"""Puts what `labelsphere VERB --help` prints into the reference when the site is built."""

import os
import re
import subprocess
import sys
from typing import Any

_PLACE = re.compile(r"<!-- help:(?P<verb>[\w ]*)-->")


def on_page_markdown(markdown: str, **_: Any) -> str:
    """Replace each ``<!-- help: VERB -->`` by the verb's help page."""
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
