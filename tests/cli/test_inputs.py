"""Inputs from a table's pictures or from a file of vectors, for a new tagger and a saved one."""

from pathlib import Path

import numpy as np
import pytest

from labelsphere.annotations import Annotations
from labelsphere.cli.inputs import InputOptions, VectorOptions, features_like
from labelsphere.errors import DataError, UsageError
from labelsphere.tagger import Tagger


def test_a_saved_taggers_inputs_are_prepared_as_its_own(shapes: Path, shape_tagger: Path) -> None:
    tagger, tags = Tagger.load(shape_tagger), Annotations.read(shapes / "tags.csv")
    inputs = InputOptions().prepared(tagger, tags)
    assert inputs.settings() == tagger.preparation
    expected = tagger.prepare([shapes / "pictures" / "05.png"]).batch(np.array([0]), training=False)
    assert inputs.batch(np.array([5]), training=False).equal(expected)


def test_a_tagger_of_pictures_takes_no_vectors_and_a_table_needs_either(
    planted: Path, shape_tagger: Path
) -> None:
    tagger, tags = Tagger.load(shape_tagger), Annotations.read(planted / "tags.csv")
    with pytest.raises(UsageError, match="takes no --features"):
        features_like(tagger, planted / "vectors.npy", None)
    with pytest.raises(UsageError, match="name their folder with --images"):
        InputOptions().prepared(tagger, tags)


def test_vectors_are_one_a_row(planted: Path, tmp_path: Path) -> None:
    tags = Annotations.read(planted / "tags.csv")
    assert VectorOptions().read(tags) is None
    inputs = VectorOptions(planted / "vectors.npy").read(tags)
    assert inputs is not None
    assert (len(inputs), inputs.sample_shape) == (200, (12,))
    np.save(tmp_path / "few.npy", np.ones((199, 2)))
    with pytest.raises(DataError, match="has 199 rows and the tag table 200 images"):
        VectorOptions(tmp_path / "few.npy").read(tags)
