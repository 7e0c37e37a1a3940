"""What a case is: small input files, commands, and what a user may expect of them."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Ran:
    """What came of one command.

    Attributes:
        code: Its exit code; negative if a signal ended it.
        out: Its standard output.
        err: Its standard error.
        seconds: How long it ran.
        peak: Most memory that it held, in bytes.
    """

    code: int
    out: str
    err: str
    seconds: float
    peak: int


Expect = Callable[[Ran, Path], str]
"""Judges the last command and the case's folder; returns what is wrong, empty if nothing is."""


@dataclass(frozen=True)
class Case:
    """A case.

    Attributes:
        name: A short name, letters, digits and hyphens.
        files: Path in the case's folder → bytes, text, or a function that makes the file there.
        commands: Command lines without the program's name; ``{tagger}`` and ``{space}`` stand for
            a tagger of pictures and a label space.
        expect: Judges what came out.
        encoding: What stdout and stderr are written in.
        stdout: File that stdout goes to, such as ``/dev/full``; None to read it.
        file_limit: Most bytes that a file may have, as on a disk that is nearly full.
    """

    name: str
    files: Mapping[str, bytes | str | Callable[[Path], None]]
    commands: tuple[tuple[str, ...], ...]
    expect: Expect
    encoding: str = "utf-8"
    stdout: str | None = None
    file_limit: int | None = None

    @property
    def needs_tagger(self) -> bool:
        """Whether a tagger or a label space has to be trained first."""
        return any(word in ("{tagger}", "{space}") for command in self.commands for word in command)


def reads(
    images: int,
    labels: int | None = None,
    told: str = "",
    problems: Mapping[str, int] | None = None,
) -> Expect:
    """``inspect --json`` finds so many images and labels, and says what it did to find them.

    Args:
        images: Images of the table.
        labels: Different tags of it; None if that says nothing.
        told: Pattern of what must be said on stderr or among the notes; empty for nothing.
        problems: Kinds of problems that must be found, with their counts.
    """

    def judge(ran: Ran, _: Path) -> str:
        if ran.code:
            return f"refused: {ran.err.strip()[-200:]}"
        found = json.loads(ran.out)
        counts = found["statistics"]
        there = counts["images"] + counts["untagged_images"]
        if there != images:
            return f"lost: {there} images of {images}"
        if labels is not None and counts["labels"] != labels:
            return f"lost: {counts['labels']} labels of {labels}"
        if told and not re.search(told, ran.err + json.dumps(found["report"], ensure_ascii=False)):
            return f"silent: nothing of {told!r}"
        counted = {one["kind"]: one["count"] for one in found["problems"]}
        for kind, count in (problems or {}).items():
            if counted.get(kind, 0) != count:
                return f"silent: {counted.get(kind, 0)} of {kind}, expected {count}"
        return ""

    return judge


def refuses(pattern: str, *, leaves: str = "") -> Expect:
    """One line that fits a pattern, a code of 1 or 2, and no output.

    Args:
        pattern: Pattern of the line.
        leaves: Path in the case's folder that must not be there.
    """

    def judge(ran: Ran, folder: Path) -> str:
        lines = [line for line in ran.err.splitlines() if line.startswith("labelsphere: ")]
        if ran.code not in (1, 2):
            return f"silent: code {ran.code}, {ran.err.strip()[-200:]}"
        if len(lines) != 1 or not re.search(pattern, lines[0]):
            return f"wrong reason: {ran.err.strip()[-300:]}"
        if leaves and (folder / leaves).exists():
            return f"half-written: {leaves}"
        rest = [path.name for path in folder.rglob("*.partial")]
        return f"half-written: {rest}" if rest else ""

    return judge


def works(out: str = "", err: str = "", makes: str = "") -> Expect:
    """Code 0, with what must be printed, said and written.

    Args:
        out: Pattern of stdout.
        err: Pattern of stderr.
        makes: Path in the case's folder that must be there.
    """

    def judge(ran: Ran, folder: Path) -> str:
        if ran.code:
            return f"refused: code {ran.code}, {ran.err.strip()[-200:]}"
        if out and not re.search(out, ran.out):
            return f"lost: nothing of {out!r} in {ran.out[-200:]!r}"
        if err and not re.search(err, ran.err):
            return f"silent: nothing of {err!r} in {ran.err[-200:]!r}"
        if makes and not (folder / makes).exists():
            return f"lost: no {makes}"
        return ""

    return judge


def either(*judges: Expect) -> Expect:
    """What any of several expectations accepts."""

    def judge(ran: Ran, folder: Path) -> str:
        faults = [one(ran, folder) for one in judges]
        return "" if "" in faults else "; ".join(faults)

    return judge


def any_answer(ran: Ran, folder: Path) -> str:
    """A result or one line of refusal; for inputs of which several answers are right."""
    if ran.code == 0:
        return ""
    return refuses(".")(ran, folder)
