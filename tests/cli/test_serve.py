"""Mistakes in the options of serve end at once; a server answers with its token."""

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from urllib.request import Request, urlopen

import pytest

from labelsphere.cli import main


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "give the folder of a tagger, or --demo"),
        (("tagger", "--demo"), "give the folder of a tagger, or --demo"),
        (("none", "--host", "0.0.0.0"), "needs a token"),
        (("none", "--port", "70000"), "port"),
        (("none", "--token-file", "none.txt"), "none.txt cannot be read"),
    ],
)
def test_mistakes_are_one_line(
    arguments: tuple[str, ...], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["serve", *arguments]) != 0
    said = capsys.readouterr().err
    assert message in said
    assert said.count("\n") == 1


def test_a_served_tagger_answers_and_ends_with_the_signal(
    shape_tagger: Path, tmp_path: Path
) -> None:
    (tmp_path / "token.txt").write_text("a long secret\n")
    options = ["--port", "0", "--token-file", str(tmp_path / "token.txt")]
    process = subprocess.Popen(
        [sys.executable, "-m", "labelsphere", "serve", str(shape_tagger), *options],
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )
    try:
        assert process.stderr is not None
        first = process.stderr.readline()
        found = re.search(r"at (http://127\.0\.0\.1:\d+)/#token=(.+)", first)
        assert found, first
        assert found[2] == "a long secret"
        request = Request(f"{found[1]}/v1/model", headers={"Authorization": "Bearer a long secret"})
        with urlopen(request, timeout=60) as answer:
            assert json.load(answer)["labels"] > 1
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
    finally:
        process.kill()
