"""Tagged pictures as lines of JSON, as CSV, or as one JSON document."""

import csv
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TextIO

from labelsphere.annotations.file_names import printable
from labelsphere.archive.writers.output_picture import cells, columns, tag_lists
from labelsphere.cli.output import json_text
from labelsphere.json_types import Json

if TYPE_CHECKING:
    from labelsphere.tagger.tag import Tagged

NOT_CALIBRATED = "not calibrated, so these are raw scores; for probabilities: labelsphere calibrate"
"""Remark of verbs that print scores instead of probabilities."""


def write_lines(found: "Iterable[Tagged]", file: TextIO, *, calibrated: bool) -> None:
    """Write one object per line: ``{"image": …, "tags": […], "suggested": […]}``.

    Each tag is ``{"label": …, "probability": …}``. Without calibration there is one list, of
    ``{"label": …, "score": …}``.
    """
    for one in found:
        if not one.problem:
            record = _named(one, calibrated=calibrated)
            file.write(json_text(record, indent=None, encoding=file.encoding))
            file.flush()


def write_rows(found: "Iterable[Tagged]", file: TextIO, *, calibrated: bool) -> None:
    """Write one tag per line under ``image,label,probability,status``, or ``image,label,score``.

    For vectors, the first column is ``row``. The status is accepted, suggested or other.
    """
    writer = csv.writer(file, lineterminator="\n")
    named = False
    for one in found:
        if not named:
            writer.writerow([*_name(one), *columns(calibrated=calibrated)])
            named = True
        source = next(iter(_name(one).values()))
        for tag in one.tags:
            writer.writerow([source, *cells(tag, calibrated=calibrated)])
        file.flush()


def write_document(found: "Iterable[Tagged]", file: TextIO, *, calibrated: bool) -> None:
    """Write one JSON document: records in ``tagged``, and sources and reasons in ``unreadable``."""
    results = list(found)
    document = {
        "tagged": [_named(one, calibrated=calibrated) for one in results if not one.problem],
        "unreadable": [{**_name(one), "problem": one.problem} for one in results if one.problem],
    }
    file.write(json_text(document, encoding=file.encoding))


class ResultForm(Protocol):
    """Writer of tagged pictures in one format."""

    def __call__(self, found: "Iterable[Tagged]", file: TextIO, *, calibrated: bool) -> None:
        """Write all pictures."""


RESULT_FORMS: dict[str, ResultForm] = {
    "jsonl": write_lines,
    "csv": write_rows,
    "json": write_document,
}


@contextmanager
def open_output(output: Path | None) -> Iterator[TextIO]:
    """Open the output, which appears when all is written; stdout if None."""
    from labelsphere.artefact import new_file

    if output is None:
        yield sys.stdout
        return
    with new_file(output) as temporary, temporary.open("w", encoding="utf-8", newline="") as file:
        yield file


def _named(one: "Tagged", *, calibrated: bool) -> dict[str, Json]:
    return {**_name(one), **tag_lists(one.tags, calibrated=calibrated)}


def _name(one: "Tagged") -> dict[str, Json]:
    if isinstance(one.source, int):
        return {"row": one.source}
    return {"image": printable(str(one.source))}
