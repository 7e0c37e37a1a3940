"""Cases run one after another, each command in a process of its own, and a table of outcomes.

    python -m tests.cases.running [PATTERN] [--short] [--folder FOLDER] [--output TABLE]

The processes are forks of this one, so that the libraries are imported once: a case takes a
fraction of a second.
"""

import argparse
import fnmatch
import os
import resource
import shutil
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.cases import ALL
from tests.cases.case import Case, Ran

LONGEST = 60.0
"""Seconds that a command may take."""


def run_case(case: Case, folder: Path, places: Mapping[str, str]) -> tuple[str, Ran]:
    """Write a case's files, run its commands and judge the last.

    Args:
        case: The case.
        folder: An empty folder for it.
        places: What stands for ``{tagger}`` and ``{space}``.

    Returns:
        What is wrong, empty if nothing is; and what came of the last command.
    """
    for name, contents in case.files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if callable(contents):
            contents(path)
        else:
            path.write_bytes(contents.encode() if isinstance(contents, str) else contents)
    ran = Ran(0, "", "", 0.0, 0)
    for command in case.commands:
        words = [places.get(word.strip("{}"), word) for word in command]
        ran = _forked(words, case, folder)
        if fault := _always_wrong(ran):
            return fault, ran
    return case.expect(ran, folder), ran


def _always_wrong(ran: Ran) -> str:
    if "Traceback (most recent" in ran.err + ran.out or "labelsphere: unexpected" in ran.err:
        return f"unexpected: {ran.err.strip()[-300:]}"
    if ran.code < 0:
        return f"slow: over {LONGEST:.0f} s" if ran.code == -signal.SIGKILL else "killed"
    return ""


def _forked(words: Sequence[str], case: Case, folder: Path) -> Ran:
    """Run a command in a fork of this process."""
    # Pipes, not files: these would be held to the limit on the size of files.
    pipes = [os.pipe(), os.pipe()]
    began = time.monotonic()
    child = os.fork()
    if not child:
        _run(words, case, folder, *(writing for _, writing in pipes))
    for _, writing in pipes:
        os.close(writing)
    timer = threading.Timer(LONGEST, os.kill, (child, signal.SIGKILL))
    timer.start()
    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(_all_of, (reading for reading, _ in pipes)))
    _, status, usage = os.wait4(child, 0)
    timer.cancel()
    timer.join()
    out, err = (data.decode(case.encoding, "replace") for data in found)
    seconds = time.monotonic() - began
    return Ran(os.waitstatus_to_exitcode(status), out, err, seconds, usage.ru_maxrss * 1024)


def _all_of(reading: int) -> bytes:
    with open(reading, "rb") as file:
        return file.read()


def _run(words: Sequence[str], case: Case, folder: Path, out: int, err: int) -> None:
    """Be the program: never returns."""
    code = 1
    try:
        os.chdir(folder)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(out if case.stdout is None else os.open(case.stdout, os.O_WRONLY), 1)
        os.dup2(err, 2)
        sys.stdout = open(1, "w", encoding=case.encoding, closefd=False)  # noqa: SIM115
        sys.stderr = open(2, "w", encoding=case.encoding, closefd=False)  # noqa: SIM115
        if case.file_limit is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (case.file_limit, case.file_limit))
        from labelsphere.cli import main

        try:
            code = main(list(words))
        except SystemExit as left:
            code = left.code if isinstance(left.code, int) else 1
        sys.stdout.flush()
        sys.stderr.flush()
    except BaseException:
        import traceback

        traceback.print_exc()
        sys.stderr.flush()
    finally:
        os._exit(code)


def make_places(folder: Path) -> dict[str, str]:
    """A tagger of pictures and a label space, as small as can be."""
    from tests.cases.builders import base_files

    base = Case("base", base_files(), (("embed", "tags.csv", "--output", "space"),), any_result)
    (folder / "base").mkdir()
    fault, _ = run_case(base, folder / "base", {})
    train = ("train", "tags.csv", "--output", "tagger", "--method", "logistic", "--epochs", "1")
    network = ("--backbone", "resnet10t", "--backbone-options", '{"channels": [8, 8, 8, 8]}')
    tiny = (*network, "--pretrained", "none", "--image-size", "16")
    fault = (
        fault or run_case(Case("train", {}, ((*train, *tiny),), any_result), folder / "base", {})[0]
    )
    if fault:
        raise SystemExit(f"the tagger that the cases need cannot be trained: {fault}")
    return {name: str(folder / "base" / name) for name in ("tagger", "space")}


def any_result(ran: Ran, _: Path) -> str:
    """Nothing but an exit code of 0."""
    return "" if ran.code == 0 else ran.err


def run_all(cases: Sequence[Case], folder: Path) -> Iterator[tuple[Case, str, Ran]]:
    """Run cases, each in a folder of its own in the folder given."""
    # Once, before the forks, by the modules that need the large libraries: the packages import
    # these when asked. None has started threads then, which a fork would lose.
    import labelsphere.annotations.reading
    import labelsphere.tagger.network
    import labelsphere.tagger.tagger  # noqa: F401

    places: dict[str, str] = {}
    for case in cases:
        if case.needs_tagger and not places:
            places = make_places(folder)
        (folder / case.name).mkdir()
        yield case, *run_case(case, folder / case.name, places)


def main() -> int:
    """Run the cases and print a line for each, and the counts of the outcomes."""
    parser = argparse.ArgumentParser(description="Run the cases of real tables and folders.")
    parser.add_argument("pattern", nargs="?", default="*", help="run cases whose names fit")
    parser.add_argument("--short", action="store_true", help="every fifth, and no training")
    parser.add_argument("--folder", type=Path, help="keep the cases' files in this folder")
    parser.add_argument("--output", type=Path, help="write the table of outcomes to this file")
    given = parser.parse_args()
    cases = [case for case in ALL if fnmatch.fnmatch(case.name, given.pattern)]
    if given.short:
        cases = [case for case in cases if not case.needs_tagger and "train" not in case.name][::5]
    folder = given.folder or Path(tempfile.mkdtemp())
    folder.mkdir(parents=True, exist_ok=True)
    counts: Counter[str] = Counter()
    lines = ["| case | outcome | seconds | MiB |", "|---|---|---|---|"]
    for case, fault, ran in run_all(cases, folder):
        kind = (
            fault.split(":")[0] if fault else ("right result" if ran.code == 0 else "right refusal")
        )
        counts[kind] += 1
        lines.append(f"| {case.name} | {fault or kind} | {ran.seconds:.1f} | {ran.peak >> 20} |")
        sys.stdout.write(lines[-1] + "\n")
        sys.stdout.flush()
    summary = ", ".join(f"{count} {kind}" for kind, count in counts.most_common())
    sys.stdout.write(f"{len(cases)} cases: {summary}\n")
    if given.output:
        given.output.write_text("\n".join(lines) + f"\n\n{len(cases)} cases: {summary}\n")
    if not given.folder:
        shutil.rmtree(folder)
    return int(any(not kind.startswith("right") for kind in counts))


if __name__ == "__main__":
    sys.exit(main())
