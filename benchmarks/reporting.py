"""What the benchmarks have in common: time, memory, and results that say how they came about.

A script keeps heavy imports inside its functions: `apart` starts a fresh interpreter that reads the
script again, and what a script imports at its top counts as memory of every method.
"""

import json
import os
import platform
import shlex
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.metadata import version
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Generic, TypeVar

RESULTS = Path("benchmarks/results")
ROUNDS = 3
"""Least number of rounds a time is the median of."""

_THREAD_SETTINGS = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "OPENBLAS_CORETYPE",
    "MKL_NUM_THREADS",
    "NUMBA_NUM_THREADS",
    "POLARS_MAX_THREADS",
)

Value = TypeVar("Value")


@dataclass(frozen=True)
class Measured(Generic[Value]):
    """One measurement, made in a process of its own.

    Attributes:
        value: What the function returned.
        seconds: How long it took, from call to return.
        peak_memory_gib: The most memory the process held meanwhile (resident set), with the
            interpreter and all libraries.
        memory_before_gib: What it held when the function was called.
    """

    value: Value
    seconds: float
    peak_memory_gib: float
    memory_before_gib: float


def seconds_of(function: Callable[[], Any], rounds: int = ROUNDS, warm_up: int = 0) -> list[float]:
    """Seconds of each of some calls; take their ``statistics.median``.

    Args:
        function: What to time.
        rounds: How many calls are timed.
        warm_up: Calls before these, not timed.
    """
    for _ in range(warm_up):
        function()
    times = []
    for _ in range(rounds):
        started = time.perf_counter()
        function()
        times.append(time.perf_counter() - started)
    return times


def in_turn(
    functions: Mapping[str, Callable[[], Value]], rounds: int = ROUNDS
) -> dict[str, list[Value]]:
    """Call every function once a round, so that a machine that slows down slows all of them.

    Args:
        functions: Measurements by name, such as calls of `apart`.
        rounds: How often each is called.

    Returns:
        The answers of each, one a round.
    """
    answers: dict[str, list[Value]] = {name: [] for name in functions}
    for number in range(rounds):
        for name, function in functions.items():
            answers[name].append(function())
            print(f"round {number + 1}, {name}: {answers[name][-1]}", file=sys.stderr, flush=True)
    return answers


def median_of(answers: Sequence[Measured[Any]]) -> float:
    """Median seconds of some measurements."""
    return statistics.median(answer.seconds for answer in answers)


def apart(
    function: Callable[..., Value],
    *arguments: Any,
    environment: Mapping[str, str | None] | None = None,
    **named: Any,
) -> Measured[Value]:
    """Call a function in a fresh process, so that its memory and its threads are its own.

    Args:
        function: A function at the top level of a script or module.
        *arguments: Passed on; numbers, texts and small arrays.
        environment: Variables that the process gets besides the present ones, such as
            ``{"OPENBLAS_NUM_THREADS": "1"}``; None takes one away.
        **named: Passed on.

    Returns:
        Its value, time and memory.

    Raises:
        BrokenProcessPool: If the process was killed, as it is when memory runs out.
        Exception: What the function raised.
    """
    # A spawned process has nothing of this one's memory; a forked one would count it as its own.
    with _variables(environment or {}), ProcessPoolExecutor(1, get_context("spawn")) as pool:
        return pool.submit(_measured, function, arguments, named).result()


def resident_gib() -> float:
    """Memory that this process holds now, in GiB."""
    return _status_gib("VmRSS")


def peak_resident_gib() -> float:
    """The most memory that this process held since `restart_peak`, in GiB."""
    return _status_gib("VmHWM")


def restart_peak() -> None:
    """Let `peak_resident_gib` count from now on, where the system allows it."""
    # Linux alone has this; elsewhere the peak of the whole process stays.
    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Lines of a Markdown table, its first column to the left and the others to the right."""
    return [
        f"| {' | '.join(header)} |",
        "|---|" + "---:|" * (len(header) - 1),
        *(f"| {' | '.join(row)} |" for row in rows),
    ]


def write_results(
    name: str,
    lines: Sequence[str],
    values: Mapping[str, Any],
    *,
    seed: int | None = None,
    packages: Sequence[str] = (),
    folder: Path = RESULTS,
) -> None:
    """Write ``NAME.md`` and ``NAME.json`` with machine, versions, seed and command.

    Args:
        name: Name of the result, such as ``"head"``.
        lines: The report in Markdown, title first; what it ran on is added at its end.
        values: All figures, in JSON types.
        seed: What the data were drawn with, where any were drawn.
        packages: Distributions whose versions are stated besides the usual ones.
        folder: Where to write.
    """
    from labelsphere.artefact import new_file
    from labelsphere.comparison.machine import machine, versions

    ran_on = machine()
    used = versions() | {package: version(package) for package in packages}
    settings = {name: os.environ[name] for name in _THREAD_SETTINGS if name in os.environ}
    command = f"python {shlex.join(['benchmarks/' + Path(sys.argv[0]).name, *sys.argv[1:]])}"
    said = [
        "",
        f"Written by `{command}`" + ("." if seed is None else f", seed {seed}."),
        f"{ran_on['processor']}, {ran_on['cores']} cores, {ran_on['memory_gib']} GiB, "
        f"{ran_on['device']}; Python {ran_on['python']}; "
        + ", ".join(f"{package} {number}" for package, number in used.items())
        + "".join(f"; {variable}={value}" for variable, value in settings.items())
        + ".",
        "",
    ]
    everything = {
        "command": command,
        "seed": seed,
        "machine": ran_on,
        "versions": used,
        "environment": settings,
        **values,
    }
    with new_file(folder / f"{name}.json") as beside:
        beside.write_text(json.dumps(everything, indent=1) + "\n", encoding="utf-8")
    with new_file(folder / f"{name}.md") as beside:
        beside.write_text("\n".join([*lines, *said]), encoding="utf-8")


def _measured(
    function: Callable[..., Value], arguments: Sequence[Any], named: Mapping[str, Any]
) -> Measured[Value]:
    before = resident_gib()
    restart_peak()
    started = time.perf_counter()
    value = function(*arguments, **named)
    seconds = time.perf_counter() - started
    return Measured(value, seconds, peak_resident_gib(), before)


@contextmanager
def _variables(values: Mapping[str, str | None]) -> Iterator[None]:
    """Environment variables for the processes started within the block."""
    earlier = {name: os.environ.get(name) for name in values}
    _set_variables(values)
    try:
        yield
    finally:
        _set_variables(earlier)


def _set_variables(values: Mapping[str, str | None]) -> None:
    for name, value in values.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value


def _status_gib(field: str) -> float:
    """A field of Linux's account of this process; elsewhere its peak, which is all there is."""
    # Not getrusage's peak: a process takes that over from the one that started it.
    with suppress(OSError), Path("/proc/self/status").open(encoding="utf-8") as file:
        for line in file:
            if line.startswith(field + ":"):
                return round(int(line.split()[1]) / 2**20, 3)
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak / (2**30 if platform.system() == "Darwin" else 2**20), 3)
