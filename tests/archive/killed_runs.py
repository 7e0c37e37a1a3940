"""Kill a tagging run again and again, and hold what it ends with against an undisturbed run.

    python tests/archive/killed_runs.py TAGGER PICTURES FOLDER KILLS

Each run is a fork of this process, so that the libraries are imported once.
"""

import os
import random
import signal
import sys
import time
from pathlib import Path

from labelsphere.archive.identity import Identity
from labelsphere.archive.journal import Journal, RunInfo
from labelsphere.archive.sources import items_of
from labelsphere.archive.tagging import final_records, tag_archive
from labelsphere.tagger import Tagger
from labelsphere.tagger.choosing import TagChoice


def run(tagger_folder: Path, pictures: Path, folder: Path) -> None:
    """One run, from where the one before stopped."""
    tagger = Tagger.load(tagger_folder)
    info = RunInfo(
        "",
        str(tagger_folder),
        Identity.of(tagger, tagger_folder),
        tuple(tagger.vocabulary),
        calibrated=True,
        vectors=True,
        choice=TagChoice(3),
    )
    journal = Journal.begin(folder, info)
    with journal.locked():
        items = items_of([pictures], lambda _: None)
        tag_archive(tagger, items, journal, info.choice, batch_size=1, unit=2)


def forked(tagger: Path, pictures: Path, folder: Path) -> int:
    """Start a run in a fork; its process number."""
    child = os.fork()
    if not child:
        code = 1
        try:
            run(tagger, pictures, folder)
            code = 0
        finally:
            os._exit(code)
    return child


def main() -> int:
    """Kill and compare."""
    tagger, pictures, folder = (Path(word) for word in sys.argv[1:4])
    kills = int(sys.argv[4])
    began = time.monotonic()
    _, status = os.waitpid(forked(tagger, pictures, folder / "whole"), 0)
    if status:
        return 1
    length = time.monotonic() - began
    moments = random.Random(kills)
    killed = finished = 0
    while killed < kills:
        child = forked(tagger, pictures, folder / f"run-{finished}")
        time.sleep(moments.uniform(0, length))
        done, _ = os.waitpid(child, os.WNOHANG)
        if done:
            # It came to its end first: kill a new one.
            finished += 1
            continue
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        killed += 1
    for number in range(finished + 1):
        _, status = os.waitpid(forked(tagger, pictures, folder / f"run-{number}"), 0)
        if status:
            return 1
        ours, theirs = (
            list(final_records(Journal(folder / name))) for name in (f"run-{number}", "whole")
        )
        if ours != theirs:
            sys.stdout.write(f"run-{number} differs: {len(ours)} of {len(theirs)} pictures\n")
            return 1
        everything = [r.name for p in Journal(folder / f"run-{number}").parts() for r in
                      Journal(folder / f"run-{number}").records(p)]  # fmt: skip
        if len(everything) != len(set(everything)):
            sys.stdout.write("a picture is there twice\n")
            return 1
    sys.stdout.write(f"killed {killed} times, {finished} runs came to their end before\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
