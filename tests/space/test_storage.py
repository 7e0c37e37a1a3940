"""Files that label spaces and counts share, whole and damaged."""

from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from labelsphere.annotations import Vocabulary
from labelsphere.annotations.label_table import write_labels
from labelsphere.errors import ArtefactError
from labelsphere.space.storage import read_arrays, read_checked_labels


def test_labels_come_back_if_their_fingerprint_fits(tmp_path: Path) -> None:
    vocabulary = Vocabulary(["b", "a"])
    write_labels(tmp_path, vocabulary, np.array([2, 1]))
    names, counts = read_checked_labels(tmp_path, vocabulary.fingerprint())
    assert (names, counts.tolist()) == (vocabulary, [2, 1])
    for other in (Vocabulary(["a", "b"]).fingerprint(), None):
        with pytest.raises(ArtefactError, match="in their order"):
            read_checked_labels(tmp_path, other)


def test_arrays_come_back_in_the_order_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "arrays.safetensors"
    save_file({"a": np.arange(3), "b": np.eye(2)}, path)
    b, a = read_arrays(path, ["b", "a"])
    assert (a.tolist(), b.tolist()) == ([0, 1, 2], [[1, 0], [0, 1]])
    with pytest.raises(ArtefactError, match=r"arrays\.safetensors .* lacks 'c'"):
        read_arrays(path, ["a", "c"])


@pytest.mark.parametrize("contents", [None, b"", b"not safetensors at all"])
def test_files_that_cannot_be_read_are_told(tmp_path: Path, contents: bytes | None) -> None:
    path = tmp_path / "arrays.safetensors"
    if contents is not None:
        path.write_bytes(contents)
    with pytest.raises(ArtefactError, match=r"arrays\.safetensors is missing or damaged"):
        read_arrays(path, ["a"])
