"""Exported models run without PyTorch, against the taggers that they were exported from."""

import json
import subprocess
import sys
from io import BytesIO
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from PIL import Image

import labelsphere as ls
from labelsphere.annotations import PictureBytes
from labelsphere.errors import ArtefactError, UsageError
from labelsphere.tagger import Architecture, TrainingSettings
from labelsphere.tagger.calibration import Goal
from labelsphere.tagger.export import export_onnx
from labelsphere.tagger.exported_model import ExportedModel, is_exported
from labelsphere.tagger.inputs import ImageInputs
from labelsphere.tagger.label_context import LabelContext

SETS = [["red", "warm"], ["green", "plant"], ["blue", "cold"], ["red", "plant", "rose"]]
COLOURS = [(220, 30, 30), (30, 200, 40), (40, 60, 220), (200, 90, 60)]


def encoded(number: int) -> bytes:
    noise = np.random.default_rng(number).integers(-25, 25, (18, 22, 3))
    pixels = np.clip(np.array(COLOURS[number % 4]) + noise, 0, 255).astype(np.uint8)
    out = BytesIO()
    Image.fromarray(pixels).save(out, "PNG")
    return out.getvalue()


@pytest.fixture(scope="module")
def tagger() -> ls.Tagger:
    """Trained, not calibrated."""
    tags = ls.Annotations.from_lists([SETS[number % 4] for number in range(48)])
    made = ls.Tagger(
        Architecture("test_resnet", objective="sphere"),
        LabelContext.of(tags, ls.LabelSpace.fit(tags, method="smoothed")),
        pictures().settings(),
        (3, 32, 32),
    )
    made.fit(tags, pictures(), TrainingSettings(steps=30, batch_size=16, rate=0.01))
    made.precision = "float32"
    return made


def pictures() -> ImageInputs:
    data = pl.Series([encoded(number) for number in range(48)], dtype=pl.Binary)
    return ImageInputs(PictureBytes(data, [f"p{number}" for number in range(48)]), size=32)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("pictures")
    for number in range(4):
        (folder / f"{number}.png").write_bytes(encoded(number))
    (folder / "4.png").write_bytes(b"no picture")
    return sorted(folder.iterdir())


def calibrated(tagger: ls.Tagger, goal: Goal | None) -> ls.Tagger:
    tags = ls.Annotations.from_lists([SETS[number % 4] for number in range(48)])
    tagger.calibrate(tags, pictures(), np.arange(48), goal)
    return tagger


@pytest.mark.parametrize(
    "goal", [None, Goal(precision=0.8), Goal(at_most=2)], ids=["raw", "precision", "at most"]
)
@pytest.mark.parametrize("top", [None, 3])
def test_tags_equal_those_of_the_tagger(
    tagger: ls.Tagger, files: list[Path], tmp_path: Path, goal: Goal | None, top: int | None
) -> None:
    tagger.calibration = None
    if goal is not None:
        calibrated(tagger, goal)
    export_onnx(tagger, tmp_path / "onnx")
    model = ExportedModel.open(tmp_path / "onnx")
    assert model.calibrated == (goal is not None)
    *readable, unreadable = model.tag_files(files, top, batch_size=2)
    assert "4.png cannot be decoded" in unreadable.problem
    for found, path in zip(readable, files, strict=False):
        expected = tagger.tag(path, top)
        assert len(found.tags) == len(expected)
        for one, other in zip(found.tags, expected, strict=True):
            # Labels that tie up to rounding may change places: compare what stands there.
            assert one.score == pytest.approx(other.score, rel=1e-4, abs=1e-4)
            assert one.probability == (
                None if goal is None else pytest.approx(other.probability, abs=1e-4)
            )
            assert (one.accepted, one.suggested) == (other.accepted, other.suggested)


def test_the_command_needs_no_pytorch(tagger: ls.Tagger, files: list[Path], tmp_path: Path) -> None:
    calibrated(tagger, None)
    export_onnx(tagger, tmp_path / "onnx")
    script = (
        "import sys; from labelsphere.cli import main\n"
        "try: sys.exit(main())\n"
        "finally: assert not {'torch', 'timm', 'polars'} & sys.modules.keys()\n"
    )
    for model in ("onnx", "onnx/model.onnx"):
        command = [sys.executable, "-c", script, "tag", str(tmp_path / model), str(files[0])]
        ran = subprocess.run(command, capture_output=True, text=True, check=False)
        assert ran.returncode == 0, ran.stderr
        record = json.loads(ran.stdout)
        labels = [tag["label"] for tag in record["tags"] + record["suggested"]]
        assert sorted(labels) == sorted(tag.label for tag in tagger.tag(files[0]))
    refused = subprocess.run(
        [*command, "--specific", "--at-most", "3"], capture_output=True, text=True, check=False
    )
    assert refused.returncode == UsageError.exit_code
    assert "does not support --specific, --at-most" in " ".join(refused.stderr.split())


def test_models_that_cannot_be_used(tagger: ls.Tagger, tmp_path: Path) -> None:
    calibrated(tagger, None)
    export_onnx(tagger, tmp_path / "wd", profile="wd")
    with pytest.raises(UsageError, match="profile 'wd'"):
        ExportedModel.open(tmp_path / "wd")
    with pytest.raises(ArtefactError, match="cannot be opened"):
        ExportedModel.open(tmp_path / "missing.onnx")


def test_models_of_other_programs(tmp_path: Path) -> None:
    from onnx import TensorProto, helper, save

    node = helper.make_node("Identity", ["x"], ["y"])
    value = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [1]) for name in "xy"]
    graph = helper.make_graph([node], "other", value[:1], value[1:])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    save(model, tmp_path / "other.onnx")
    with pytest.raises(ArtefactError, match="not written by labelsphere export"):
        ExportedModel.open(tmp_path / "other.onnx")


def test_what_counts_as_exported(tmp_path: Path) -> None:
    assert is_exported("model.onnx")
    assert not is_exported(tmp_path)
    (tmp_path / "config.json").write_text('{"format": "labelsphere.tagger"}')
    assert not is_exported(tmp_path)
    (tmp_path / "config.json").write_text('{"format": "labelsphere.onnx"}')
    assert is_exported(tmp_path)
