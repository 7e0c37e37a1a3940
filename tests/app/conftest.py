"""A small tagger and its server, for the tests of this folder."""

import shutil
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from PIL import Image
from starlette.testclient import TestClient

import labelsphere as ls
from labelsphere.annotations import PictureBytes
from labelsphere.app.server import build_app
from labelsphere.app.settings import ServerSettings
from labelsphere.tagger import Architecture, TrainingSettings
from labelsphere.tagger.inputs import ImageInputs
from labelsphere.tagger.label_context import LabelContext

TOKEN = "a-secret-of-the-tests"
SETS = [["red", "warm"], ["green", "plant"], ["blue", "sky"], ["red", "plant", "<b>rose</b>"]]
COLOURS = [(220, 30, 30), (30, 200, 40), (40, 60, 220), (200, 90, 60)]


def picture(kind: int, size: tuple[int, int] = (24, 20)) -> bytes:
    """An encoded picture of one colour."""
    noise = np.random.default_rng(kind).integers(-20, 20, (*size[::-1], 3))
    pixels = np.clip(np.array(COLOURS[kind % 4]) + noise, 0, 255).astype(np.uint8)
    out = BytesIO()
    Image.fromarray(pixels).save(out, "PNG")
    return out.getvalue()


def training_data() -> tuple[ls.Annotations, ImageInputs]:
    """Tags and pictures of a small training."""
    tags = ls.Annotations.from_lists([SETS[number % 4] for number in range(48)])
    pictures = PictureBytes(
        pl.Series([picture(n) for n in range(48)], dtype=pl.Binary), [f"p{n}" for n in range(48)]
    )
    return tags, ImageInputs(pictures, size=32)


@pytest.fixture(scope="session")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of a trained tagger."""
    tags, inputs = training_data()
    space = ls.LabelSpace.fit(tags, method="smoothed")
    tagger = ls.Tagger(
        Architecture("test_resnet", objective="sphere"),
        LabelContext.of(tags, space),
        inputs.settings(),
        inputs.sample_shape,
    )
    tagger.fit(tags, inputs, TrainingSettings(steps=30, batch_size=16, rate=0.01))
    folder = tmp_path_factory.mktemp("served") / "tagger"
    tagger.save(folder)
    return folder


@pytest.fixture(scope="session")
def calibrated(saved: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of the same tagger with probabilities and thresholds."""
    tags, inputs = training_data()
    tagger = ls.Tagger.load(saved)
    tagger.calibrate(tags, inputs, np.arange(48))
    folder = tmp_path_factory.mktemp("calibrated") / "tagger"
    tagger.save(folder)
    return folder


@pytest.fixture(scope="session")
def exported(calibrated: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of the calibrated tagger as an ONNX model."""
    from labelsphere.tagger.export import export_onnx

    folder = tmp_path_factory.mktemp("exported") / "onnx"
    export_onnx(ls.Tagger.load(calibrated), folder)
    return folder


@pytest.fixture
def folder(saved: Path, tmp_path: Path) -> Path:
    """A copy of the tagger that a test may change."""
    copy = tmp_path / "tagger"
    shutil.copytree(saved, copy)
    return copy


@pytest.fixture
def client(folder: Path) -> Iterator[TestClient]:
    """A client of a server on the loopback address, without a token."""
    settings = ServerSettings(token=TOKEN, max_file_bytes=200_000, max_pixels=1_000_000)
    with TestClient(build_app(folder, settings)) as opened:
        yield opened


@pytest.fixture
def token() -> dict[str, str]:
    """The header with the token."""
    return {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture
def png() -> bytes:
    """A picture."""
    return picture(0)


@pytest.fixture(scope="session")
def pictures_of_kinds() -> list[bytes]:
    """A picture of each kind."""
    return [picture(kind) for kind in range(4)]


@pytest.fixture
def pictures(tmp_path: Path, png: bytes) -> Path:
    """A folder with pictures, a sidecar, a link out of it and another file."""
    folder = tmp_path / "pictures"
    (folder / "sub").mkdir(parents=True)
    for name in ("a.png", "b.png", "sub/c.PNG"):
        (folder / name).write_bytes(png)
    (folder / "a.txt").write_text("red, wrong\n")
    (tmp_path / "outside.png").write_bytes(png)
    (folder / "link.png").symlink_to(tmp_path / "outside.png")
    (folder / "notes.md").write_text("no picture")
    return folder
