"""Tagged pictures as lines of JSON, as CSV, or as one JSON document."""

import csv
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from labelsphere.annotations.file_names import printable
from labelsphere.cli.output import json_text

if TYPE_CHECKING:
    from labelsphere.tagger import Tag
    from labelsphere.tagger.tagging import Tagged

ACCEPTED, SUGGESTED, OTHER = "accepted", "suggested", "other"


def write_jsonl(found: "Iterable[Tagged]", file: TextIO, *, calibrated: bool) -> None:
    """One object a line: ``{"image": …, "tags": […], "suggested": […]}``.

    Each tag is ``{"label": …, "probability": …}``. Without calibration there is one list, of
    ``{"label": …, "score": …}``.
    """
    for one in found:
        if not one.problem:
            record = _record(one, calibrated=calibrated)
            file.write(json_text(record, indent=None, encoding=file.encoding))
            file.flush()


def write_csv(found: "Iterable[Tagged]", file: TextIO, *, calibrated: bool) -> None:
    """One tag a line under ``image,label,probability,status``, or ``image,label,score``.

    ``row`` stands in place of ``image`` for vectors. The status is accepted, suggested or other.
    """
    writer = csv.writer(file, lineterminator="\n")
    columns = ["label", "probability", "status"] if calibrated else ["label", "score"]
    named = False
    for one in found:
        if not named:
            writer.writerow([*_name(one), *columns])
            named = True
        source = next(iter(_name(one).values()))
        for tag in one.tags:
            numbers = [_number(tag, calibrated)] + ([status(tag)] if calibrated else [])
            writer.writerow([source, tag.label, *numbers])
        file.flush()


def write_document(found: "Iterable[Tagged]", file: TextIO, *, calibrated: bool) -> None:
    """One JSON document: the records of ``tagged``, and sources and reasons of ``unreadable``."""
    results = list(found)
    document = {
        "tagged": [_record(one, calibrated=calibrated) for one in results if not one.problem],
        "unreadable": [{**_name(one), "problem": one.problem} for one in results if one.problem],
    }
    file.write(json_text(document, encoding=file.encoding))


WRITERS = {"jsonl": write_jsonl, "csv": write_csv, "json": write_document}


@contextmanager
def opened(output: Path | None) -> Iterator[TextIO]:
    """The file to write to, which appears when all is written; stdout if None."""
    from labelsphere.artefact import new_file

    if output is None:
        yield sys.stdout
        return
    with new_file(output) as beside, beside.open("w", encoding="utf-8", newline="") as file:
        yield file


def status(tag: "Tag") -> str:
    """Whether a tag is accepted, suggested, or neither."""
    return ACCEPTED if tag.accepted else SUGGESTED if tag.suggested else OTHER


def _record(one: "Tagged", *, calibrated: bool) -> dict[str, Any]:
    if not calibrated:
        return {
            **_name(one),
            "tags": [{"label": tag.label, "score": _number(tag, False)} for tag in one.tags],
        }
    lists: dict[str, list[dict[str, Any]]] = {ACCEPTED: [], SUGGESTED: [], OTHER: []}
    for tag in one.tags:
        lists[status(tag)].append({"label": tag.label, "probability": _number(tag, True)})
    others = {"others": lists[OTHER]} if lists[OTHER] else {}
    return {**_name(one), "tags": lists[ACCEPTED], "suggested": lists[SUGGESTED], **others}


def _name(one: "Tagged") -> dict[str, Any]:
    if isinstance(one.source, int):
        return {"row": one.source}
    return {"image": printable(str(one.source))}


def _number(tag: "Tag", calibrated: bool) -> float:
    # Scores are float32: further digits would say nothing.
    value = tag.probability if calibrated and tag.probability is not None else tag.score
    return round(value, 4 if calibrated else 6)
