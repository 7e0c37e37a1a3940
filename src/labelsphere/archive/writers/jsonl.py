"""Writer of JSON lines: one object per picture."""

import json
from collections.abc import Iterable
from pathlib import Path

from labelsphere.archive.writers.output_picture import OutputPicture, tag_lists


def write_jsonl(pictures: Iterable[OutputPicture], path: Path, *, calibrated: bool) -> None:
    """Write one ``{"image": …, "tags": […], "suggested": […]}`` per line."""
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for one in pictures:
            found = {"image": one.name, **tag_lists(one.tags, calibrated=calibrated)}
            file.write(json.dumps(found, ensure_ascii=False, allow_nan=False) + "\n")
