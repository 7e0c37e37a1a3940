"""Output of all verbs: results on stdout; progress and remarks on stderr."""

import io
import json
import math
import os
import re
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Table
from rich.text import Text

from labelsphere.cli.arguments import option_names

console = Console(stderr=True)
results = Console()

SECONDS_BETWEEN_LINES = 5.0

_STEERING = re.compile(r"[\x00-\x1f\x7f-\x9f]")

# Called as update(done, total, remark): steps done, number of steps, and a short remark.
Update = Callable[..., None]


def json_text(value: Any, indent: int | None = 2, encoding: str | None = None) -> str:
    r"""Format a result as JSON: NumPy values as numbers and lists, NaN and ±∞ as null.

    Args:
        value: The result.
        indent: Blanks of indentation per level; None for one line.
        encoding: Encoding of the output, UTF-8 if None. Letters that it lacks are written
            ``\u00e9``.
    """
    plain = _plain(value)
    text = json.dumps(plain, indent=indent, ensure_ascii=False, allow_nan=False)
    try:
        text.encode(encoding or "utf-8")
    except UnicodeEncodeError:
        text = json.dumps(plain, indent=indent, allow_nan=False)
    return text + "\n"


def escaped(text: str) -> str:
    r"""Replace the control characters of terminals by escapes such as ``\x1b``.

    Examples:
        >>> print(escaped("a\x1b[31mb"))
        a\x1b[31mb
    """
    return _STEERING.sub(lambda found: f"\\x{ord(found[0]):02x}", text)


def print_json(value: Any) -> None:
    """Print a result as JSON, see `json_text`."""
    sys.stdout.write(json_text(value, encoding=sys.stdout.encoding))


def print_line(text: str = "") -> None:
    """Print a line of a result as it is."""
    sys.stdout.write(text + "\n")


def escape_letters() -> None:
    r"""Make stdout and stderr write ``\xe9`` for letters that their encoding lacks."""
    # A process may be started without one of them.
    sys.stdout = sys.stdout or open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115
    sys.stderr = sys.stderr or open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def finish_results() -> None:
    """Flush stdout, while a failure can still be reported.

    Raises:
        OSError: If stdout cannot be written, for instance because its disk is full.
    """
    try:
        sys.stdout.flush()
    except OSError:
        discard_results()
        raise


def discard_results() -> None:
    """Discard what is not yet written to stdout, so that the exit does not fail on it."""
    with suppress(OSError, ValueError, AttributeError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


def print_table(
    title: str,
    columns: Sequence[str],
    rows: Sequence[Sequence[Any]],
    footnotes: Sequence[str] = (),
) -> None:
    """Print a result as a table: numbers aligned to the right, floats with four digits.

    Args:
        title: One line above the table; empty for none.
        columns: The columns' headings.
        rows: One sequence of cells per row, as long as ``columns``.
        footnotes: Lines under the table, such as what a column means.
    """
    table = Table()
    for column, heading in enumerate(columns):
        numeric = all(isinstance(row[column], int | float | None) for row in rows)
        table.add_column(Text(heading), justify="right" if numeric else "left", overflow="fold")
    for row in rows:
        table.add_row(*(Text(_cell(value)) for value in row))
    if title:
        results.print(Text(title, style="bold"), soft_wrap=True)
    results.print(table)
    for note in footnotes:
        results.print(Text(note, style="dim"), soft_wrap=True)


def remark(message: str) -> None:
    """Print a remark on stderr, such as which files were skipped or written."""
    console.print(Text(escaped(option_names(message))), soft_wrap=True)


@contextmanager
def progress(description: str, total: int | None = None) -> Iterator[Update]:
    """Show progress: bar, count, elapsed time and remaining time.

    Where stderr is no terminal, a line is written at most every few seconds.

    Args:
        description: Name of the work.
        total: Number of steps, if it is known from the start.

    Yields:
        A function to call as ``update(done, total=None, remark="")``.
    """
    show = _bar if console.is_terminal else _lines
    with show(description, total) as update:
        yield update


@contextmanager
def _bar(description: str, total: int | None) -> Iterator[Update]:
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[remark]}", markup=False),
    )
    # By default, Rich redirects results that are printed meanwhile from stdout to stderr.
    with Progress(*columns, console=console, redirect_stdout=False) as shown:
        task = shown.add_task(description, total=total, remark="")

        def update(done: int, total: int | None = None, remark: str = "") -> None:
            shown.update(task, completed=done, total=total, remark=remark)

        yield update


@contextmanager
def _lines(description: str, total: int | None) -> Iterator[Update]:
    started = printed = time.monotonic()
    known = total
    first: tuple[float, int] | None = None
    last = -1

    def update(done: int, total: int | None = None, remark: str = "") -> None:
        nonlocal printed, known, first, last
        known = total if total is not None else known
        now = time.monotonic()
        # Steps done before the first call, in a resumed job, do not count for the speed.
        first = first or (now, done)
        if done == last or (done != known and now - printed < SECONDS_BETWEEN_LINES):
            return
        printed, last = now, done
        count = str(done) if known is None else f"{done}/{known}"
        line = f"{description} {count}, {_clock(now - started)} gone"
        if known is not None and first[1] < done < known:
            line += f", {_clock((now - first[0]) / (done - first[1]) * (known - done))} left"
        sys.stderr.write(line + (f", {remark}" if remark else "") + "\n")
        sys.stderr.flush()

    yield update


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes // 60}:{minutes % 60:02d}:{rest:02d}"


def _cell(value: Any) -> str:
    if value is None:
        return "–"
    return f"{value:.4f}" if isinstance(value, float) else escaped(str(value))


def _plain(value: Any) -> Any:
    """Convert a value to the types of JSON; ``tolist`` converts NumPy's arrays and scalars."""
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    if value is None or isinstance(value, str | int):
        return value
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if hasattr(value, "tolist"):
        return _plain(value.tolist())
    if isinstance(value, Sequence | set | frozenset):
        return [_plain(inner) for inner in value]
    return str(value)
