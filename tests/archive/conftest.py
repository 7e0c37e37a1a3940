"""A small calibrated tagger and pictures for it."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from labelsphere.annotations import Annotations
from labelsphere.archive.identity import Identity
from labelsphere.archive.journal import Journal, RunInfo
from labelsphere.space import LabelSpace
from labelsphere.tagger import Architecture, Tagger
from labelsphere.tagger.choosing import TagChoice
from labelsphere.tagger.inputs import ImageInputs
from labelsphere.tagger.label_context import LabelContext


@pytest.fixture(scope="session")
def tagger_folder(
    coloured_squares: Callable[..., Annotations], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A saved tagger of coloured squares, not trained, but calibrated."""
    tags = coloured_squares(80)
    assert tags.pictures is not None
    inputs = ImageInputs(tags.pictures, 32)
    labels = LabelContext.of(tags, LabelSpace.fit(tags))
    tiny = Architecture("resnet10t", {"channels": (8, 8, 8, 8)})
    tagger = Tagger(tiny, labels, inputs.settings(), inputs.sample_shape)
    tagger.calibrate(tags, inputs, np.arange(80))
    folder = tmp_path_factory.mktemp("tagger") / "tagger"
    tagger.save(folder)
    return folder


@pytest.fixture
def tagger(tagger_folder: Path) -> Tagger:
    """The same, loaded."""
    return Tagger.load(tagger_folder)


@pytest.fixture
def photos(coloured_squares: Callable[..., Annotations], tmp_path: Path) -> Path:
    """A folder of 23 different pictures, one of which cannot be read."""
    folder = tmp_path / "photos"
    (folder / "deep").mkdir(parents=True)
    stored = coloured_squares(22).pictures
    assert stored is not None
    for row in range(22):
        name = f"deep/{row:02}.png" if row % 3 else f"{row:02}.png"
        # Squares may be alike: bytes after the picture's end make them differ.
        (folder / name).write_bytes(stored.read(row) + bytes([row]))
    (folder / "cut.png").write_bytes(stored.read(0)[:60])
    return folder


@pytest.fixture
def begin(tagger: Tagger, tagger_folder: Path) -> Callable[..., Journal]:
    """Begin a run, or go on with it."""

    def make(folder: Path, *, vectors: bool = True, choice: TagChoice | None = None) -> Journal:
        info = RunInfo(
            "",
            str(tagger_folder),
            Identity.of(tagger, tagger_folder),
            tuple(tagger.vocabulary),
            calibrated=True,
            vectors=vectors,
            choice=choice or TagChoice(3),
        )
        return Journal.begin(folder, info)

    return make
