"""``labelsphere export``: a model beside its tags, or a refusal."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import onnxruntime
import pytest

from labelsphere.cli import main
from labelsphere.tagger import Tagger
from labelsphere.tagger.inputs.decoding import decode_picture


def test_a_process_writes_a_model_that_answers_as_the_tagger(
    shapes: Path, shape_tagger: Path, tmp_path: Path
) -> None:
    options = ["--output", str(tmp_path / "out"), "--pictures", str(shapes / "pictures"), "--json"]
    done = subprocess.run(
        [sys.executable, "-m", "labelsphere", "export", shape_tagger, *options],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    # Three of the pictures cannot be read.
    assert said["pictures_compared"] == said["same_first_tags"] == 72
    assert said["largest_difference"] < 1e-4
    tagger = Tagger.load(shape_tagger)
    tagger.precision = "float32"
    picture = shapes / "pictures/05.png"
    session = onnxruntime.InferenceSession(said["model"])
    pixels = decode_picture(picture.read_bytes(), 32)[None]
    found = session.run(["scores"], {"pictures": pixels})[0]
    wanted = tagger.scores(tagger.prepare([picture])).rows(0, 1)
    np.testing.assert_allclose(found, wanted, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--to", "coreml"], "--to must be one of onnx, but got 'coreml'"),
        (["--profile", "best"], "profile must be one of standard, wd, but got 'best'"),
        (["--pictures", "missing"], "--pictures must be a folder of pictures"),
    ],
)
def test_wrong_options_are_refused(
    shape_tagger: Path,
    options: list[str],
    message: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    output = tmp_path / "out"
    assert main(["export", str(shape_tagger), "--output", str(output), *options]) == 2
    assert message in capsys.readouterr().err
    assert not output.exists()


def test_a_missing_extra_is_named(
    shape_tagger: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for module in [name for name in sys.modules if name.startswith("labelsphere.tagger.export")]:
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    assert main(["export", str(shape_tagger), "--output", str(tmp_path / "out")]) == 1
    assert "pip install 'labelsphere[onnx]'" in capsys.readouterr().err
