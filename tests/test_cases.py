"""Real tables, folders and terminals: a fifth of the cases here, all of them by ``make cases``."""

import os
import subprocess
import sys

from tests.cases import ALL


def test_names_are_unlike() -> None:
    assert len({case.name for case in ALL}) == len(ALL) > 500


def test_nothing_is_lost_silent_unexpected_or_slow() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.cases.running", "--short"],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )
    wrong = [line for line in done.stdout.splitlines() if "| right " not in line]
    assert done.returncode == 0, "\n".join([*wrong, done.stderr])
