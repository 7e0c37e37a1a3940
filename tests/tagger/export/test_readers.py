"""The programs in the documentation read an exported model as the tagger would."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from labelsphere.annotations import Annotations
from labelsphere.tagger import Tagger
from labelsphere.tagger.export import export_onnx
from labelsphere.tagger.inputs.decoding import decode_picture

PAGE = Path(__file__).parents[3] / "docs/how-to/export.md"
MOST_LINES = 25


def program(language: str) -> str:
    """The program of a language in the page."""
    (found,) = re.findall(rf"```{language}\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    return found


@pytest.fixture(scope="module")
def exported(
    squares: Annotations, calibrated: Tagger, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    folder = tmp_path_factory.mktemp("exported") / "model"
    export_onnx(calibrated, folder, pictures=squares.pictures)
    return folder


@pytest.fixture
def picture(squares: Annotations, tmp_path: Path) -> Path:
    """A picture that is not square, partly clear and turned by its EXIF data."""
    assert squares.pictures is not None
    source = Image.fromarray(decode_picture(squares.pictures.read(7), 90))
    wide = Image.new("RGBA", (150, 90), (255, 255, 255, 0))
    wide.paste(source.convert("RGBA"), (20, 0))
    exif = Image.Exif()
    exif[0x0112] = 6
    wide.save(tmp_path / "picture.png", exif=exif)
    return tmp_path / "picture.png"


def expected(tagger: Tagger, picture: Path) -> dict[str, float]:
    """Probability of each label by the tagger."""
    tagger.precision = "float32"
    scores = tagger.scores(tagger.prepare([picture])).rows(0, 1)
    assert tagger.calibration is not None
    found = tagger.calibration.probabilities(scores)[0]
    return dict(zip(tagger.vocabulary, found.tolist(), strict=True))


@pytest.mark.parametrize("language", ["python", "javascript"])
def test_the_programs_are_short(language: str) -> None:
    assert program(language).count("\n") <= MOST_LINES


def test_the_python_program_prints_the_taggers_probabilities(
    exported: Path, calibrated: Tagger, picture: Path, tmp_path: Path
) -> None:
    (tmp_path / "read.py").write_text(program("python"))
    # It must do without Labelsphere and PyTorch.
    (tmp_path / "torch.py").write_text("raise ImportError('not needed')")
    (tmp_path / "labelsphere.py").write_text("raise ImportError('not needed')")
    done = subprocess.run(
        [sys.executable, "read.py", exported, picture],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    wanted = expected(calibrated, picture)
    lines = [line.split() for line in done.stdout.splitlines()]
    # Labels of equal probability may come in any order.
    best = sorted(wanted.values(), reverse=True)[:10]
    assert [wanted[line[0]] for line in lines] == pytest.approx(best, abs=2e-4)
    calibration = calibrated.calibration
    assert calibration is not None
    for name, value, *word in lines:
        assert float(value) == pytest.approx(wanted[name], abs=2e-4)
        number = list(calibrated.vocabulary).index(name)
        assert (word == ["accepted"]) == (wanted[name] >= calibration.accept[number])


def node_modules() -> str | None:
    """Where onnxruntime-web is installed: in NODE_PATH, or None."""
    for folder in os.environ.get("NODE_PATH", "").split(os.pathsep):
        if folder and (Path(folder) / "onnxruntime-web").is_dir():
            return folder
    return None


@pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")
@pytest.mark.skipif(
    node_modules() is None,
    reason="onnxruntime-web is not in NODE_PATH: npm install onnxruntime-web, and name its folder",
)
def test_the_javascript_program_returns_the_taggers_probabilities(
    exported: Path, squares: Annotations, calibrated: Tagger, tmp_path: Path
) -> None:
    assert squares.pictures is not None
    data = squares.pictures.read(3)
    (tmp_path / "picture.png").write_bytes(data)
    pixels = decode_picture(data, 32)
    rgba = np.concatenate([pixels, np.full((32, 32, 1), 255, np.uint8)], axis=2)
    (tmp_path / "pixels").write_bytes(rgba.tobytes())
    (tmp_path / "labels.json").write_text(json.dumps(list(calibrated.vocabulary)))
    (tmp_path / "read.mjs").write_text(program("javascript"))
    (tmp_path / "node_modules").symlink_to(str(node_modules()))
    (tmp_path / "run.mjs").write_text(
        """
import { readFileSync } from "node:fs";
import { tag } from "./read.mjs";
const [model, labels] = [readFileSync(process.argv[2]), JSON.parse(readFileSync("labels.json"))];
const image = { width: 32, height: 32, data: new Uint8ClampedArray(readFileSync("pixels")) };
console.log(JSON.stringify(await tag(model, labels, image)));
process.exit(0);
"""
    )
    done = subprocess.run(
        ["node", "run.mjs", exported / "model.onnx"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    wanted = expected(calibrated, tmp_path / "picture.png")
    best = sorted(wanted.values(), reverse=True)[:10]
    assert [wanted[each["label"]] for each in found] == pytest.approx(best, abs=2e-4)
    for each in found:
        assert each["value"] == pytest.approx(wanted[each["label"]], abs=1e-4)
