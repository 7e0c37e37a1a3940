"""What several verbs are tried on."""

import csv
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from labelsphere.annotations import Annotations
from labelsphere.cli import main
from labelsphere.space import LabelSpace


@pytest.fixture(scope="session")
def space_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A saved label space of riders, cows and offices."""
    rows = [
        *[["man", "horse", "rider"]] * 6,
        *[["horse", "meadow"]] * 3,
        *[["man", "office"]] * 5,
        *[["meadow", "cow"]] * 4,
    ]
    folder = tmp_path_factory.mktemp("spaces") / "space"
    LabelSpace.fit(Annotations.from_lists(rows)).save(folder)
    return folder


COLOURS = {"red": "#d02020", "green": "#20a030", "blue": "#2040d0"}
SHAPES = {"circle": "round", "square": "angular", "triangle": "angular"}
TINY_NETWORK = (
    *("--backbone", "resnet10t", "--backbone-options", '{"channels": [8, 16, 32, 64]}'),
    *("--pretrained", "none"),
)


def draw(colour: str, shape: str, random: np.random.Generator) -> Image.Image:
    """A coloured shape somewhere on white, 40 × 40."""
    image = Image.new("RGB", (40, 40), "white")
    left, top, side = (int(value) for value in random.integers((2, 2, 16), (12, 12, 26)))
    box = (left, top, left + side, top + side)
    pen = ImageDraw.Draw(image)
    if shape == "circle":
        pen.ellipse(box, fill=colour)
    elif shape == "square":
        pen.rectangle(box, fill=colour)
    else:
        pen.polygon([(left, box[3]), box[2:], (left + side // 2, top)], fill=colour)
    return image


@pytest.fixture(scope="session")
def shapes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with pictures of coloured shapes, and ``tags.csv`` about them.

    54 pictures are train, 9 val, 9 test; each two neighbours are a pair. Three train rows more
    cannot be read: a picture of 0 bytes, one cut short and one that is text. Another has no tag.
    """
    folder = tmp_path_factory.mktemp("shapes")
    (folder / "pictures").mkdir()
    random = np.random.default_rng(0)
    rows = []
    for number in range(72):
        colour, shape = list(COLOURS)[number % 3], list(SHAPES)[number // 3 % 3]
        name = f"pictures/{number:02}.png"
        draw(COLOURS[colour], shape, random).save(folder / name)
        split = (["train"] * 6 + ["val", "test"])[number // 9]
        tags = f"{colour},{shape},{SHAPES[shape]}"
        rows.append((name, tags, split, f"pair {number // 2}"))
    broken = {"empty": b"", "cut": (folder / "pictures/03.png").read_bytes()[:60], "text": b"text"}
    for name, data in broken.items():
        (folder / f"pictures/{name}.png").write_bytes(data)
        rows.append((f"pictures/{name}.png", "red,square", "train", name))
    rows.append(("pictures/04.png", "", "train", "untagged"))
    with (folder / "tags.csv").open("w", newline="") as file:
        csv.writer(file).writerows([("image", "tags", "split", "pair"), *rows])
    return folder


@pytest.fixture(scope="session")
def shape_space(shapes: Path) -> Path:
    """A label space of the shapes' tags."""
    LabelSpace.fit(Annotations.read(shapes / "tags.csv")).save(shapes / "space")
    return shapes / "space"


@pytest.fixture(scope="session")
def trained_shapes(
    shapes: Path, shape_space: Path
) -> tuple[Path, subprocess.CompletedProcess[str]]:
    """A tagger of shapes, trained once by a process, and what the process said."""
    tagger = shapes / "tagger"
    source = ["train", str(shapes / "tags.csv"), "--space", str(shape_space), "--json"]
    source += ["--objective", "cosine"]
    options = ["--image-size", "32", "--epochs", "12", "--batch-size", "18", "--rate", "0.01"]
    done = run_process([*source, *TINY_NETWORK, *options, "--output", str(tagger)])
    assert done.returncode == 0, done.stderr
    return tagger, done


@pytest.fixture(scope="session")
def shape_tagger(trained_shapes: tuple[Path, object]) -> Path:
    """The folder of a tagger of shapes."""
    return trained_shapes[0]


@pytest.fixture(scope="session")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with ``tags.csv``, ``space`` and ``vectors.npy``, from which tags can be told."""
    folder = tmp_path_factory.mktemp("planted")
    random = np.random.default_rng(0)
    names = ["sky", "sea", "sand", "cat", "sofa", "lamp"]
    beach = random.random(200) < 0.5
    given = random.random((200, 6)) < np.where(beach[:, None], [0.9] * 3 + [0.05] * 3, 0.05)
    given |= random.random((200, 6)) < np.where(beach[:, None], 0.0, [0.0] * 3 + [0.8] * 3)
    vectors = given @ random.normal(size=(6, 12)) + 0.2 * random.normal(size=(200, 12))
    np.save(folder / "vectors.npy", vectors.astype(np.float32))
    splits = np.array(["train"] * 140 + ["val"] * 30 + ["test"] * 30)
    with (folder / "tags.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("id", "tags", "split", "pair"))
        for number, row in enumerate(given):
            tags = ",".join(name for name, there in zip(names, row, strict=True) if there)
            writer.writerow((number, tags, splits[number], number // 2))
    LabelSpace.fit(Annotations.read(folder / "tags.csv")).save(folder / "space")
    return folder


Refused = Callable[[list[str], int, str], None]
"""Checks that a command fails with a code and a message, and writes no output."""


@pytest.fixture
def refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Refused:
    """A check of a command that shall write ``--output``."""

    def check(command: list[str], code: int, message: str) -> None:
        output = tmp_path / "new"
        assert main([*command, "--output", str(output)]) == code
        assert message in capsys.readouterr().err
        assert not output.exists()

    return check


def run_process(arguments: list[str]) -> subprocess.CompletedProcess[str]:
    """The command line as a process, one thread, a hundred columns."""
    return subprocess.run(
        [sys.executable, "-m", "labelsphere", *arguments],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
        env={**os.environ, "COLUMNS": "100", "OMP_NUM_THREADS": "1"},
    )
