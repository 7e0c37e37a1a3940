"""Results kept in files, so that an interrupted comparison can continue."""

import json
import re
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import TypeVar

from labelsphere.artefact import new_file
from labelsphere.json_types import from_json, to_json
from labelsphere.tagger.devices import is_main_process, wait_for_everyone

Kept = TypeVar("Kept")


def once(path: Path, kind: type[Kept], work: Callable[[], Kept]) -> Kept:
    """The result of some work: done and kept in a file, or read where it has been done.

    All processes do it, the first one writes, and all read what it wrote.
    """
    if not path.exists():
        found = work()
        if is_main_process():
            with new_file(path) as beside:
                beside.write_text(json.dumps(to_json(found), allow_nan=False), encoding="utf-8")
        wait_for_everyone()
    return from_json(kind, json.loads(path.read_text(encoding="utf-8")))


def slug(name: str) -> str:
    """A method's name as the name of a file."""
    # A minus is part of a number: exponent=-0.5 must differ from exponent=0.5.
    text = re.sub(r"[^A-Za-z0-9]+", "-", name.replace("-", "minus")).strip("-")
    # File names have an end: the path of a file of vectors may be beyond it.
    return text if len(text) <= 80 else f"{text[:80]}-{sha256(name.encode()).hexdigest()[:8]}"
