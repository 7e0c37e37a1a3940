"""Tagged pictures as lines of JSON, as CSV, or as one JSON document."""

import csv
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from labelsphere.annotations.file_names import printable
from labelsphere.cli.output import json_text

if TYPE_CHECKING:
    from labelsphere.tagger.tagging import Tagged


def write_jsonl(found: "Iterable[Tagged]", file: IO[str]) -> None:
    """One object a line: ``{"image": …, "tags": [{"label": …, "score": …}, …]}``."""
    for one in found:
        if not one.problem:
            file.write(json_text(_record(one), indent=None, encoding=file.encoding))
            file.flush()


def write_csv(found: "Iterable[Tagged]", file: IO[str]) -> None:
    """One tag a line under ``image,label,score``; ``row`` in place of ``image`` for vectors."""
    writer = csv.writer(file, lineterminator="\n")
    named = False
    for one in found:
        if not named:
            writer.writerow([*_name(one), "label", "score"])
            named = True
        source = next(iter(_name(one).values()))
        writer.writerows([source, tag.label, _rounded(tag.score)] for tag in one.tags)
        file.flush()


def write_document(found: "Iterable[Tagged]", file: IO[str]) -> None:
    """One JSON document: the records of ``tagged``, and sources and reasons of ``unreadable``."""
    results = list(found)
    file.write(
        json_text(
            {
                "tagged": [_record(one) for one in results if not one.problem],
                "unreadable": [
                    {**_name(one), "problem": one.problem} for one in results if one.problem
                ],
            },
            encoding=file.encoding,
        )
    )


WRITERS = {"jsonl": write_jsonl, "csv": write_csv, "json": write_document}


@contextmanager
def opened(output: Path | None) -> Iterator[IO[str]]:
    """The file to write to, which appears when all is written; stdout if None."""
    from labelsphere.artefact import new_file

    if output is None:
        yield sys.stdout
        return
    with new_file(output) as beside, beside.open("w", encoding="utf-8", newline="") as file:
        yield file


def _record(one: "Tagged") -> dict[str, Any]:
    return {
        **_name(one),
        "tags": [{"label": tag.label, "score": _rounded(tag.score)} for tag in one.tags],
    }


def _name(one: "Tagged") -> dict[str, Any]:
    if isinstance(one.source, int):
        return {"row": one.source}
    return {"image": printable(str(one.source))}


def _rounded(score: float) -> float:
    # Scores are float32: further digits would say nothing.
    return round(score, 6)
