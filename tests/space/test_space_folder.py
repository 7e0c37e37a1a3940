"""A label space on disk: whole, damaged, and of other labels."""

from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from labelsphere.annotations import Annotations, Vocabulary
from labelsphere.errors import ArtefactError
from labelsphere.space import LabelSpace, count_cooccurrence

ROWS = [
    *[["man", "horse", "rider"]] * 6,
    *[["horse", "meadow"]] * 3,
    *[["man", "office"]] * 5,
    *[["meadow", "cow"]] * 4,
    *[["cow"], ["office"], ["street"]],
]
NAMES = ["cow", "horse", "man", "meadow", "never", "office", "rider", "street"]
TAGS = Annotations.from_lists(ROWS, vocabulary=Vocabulary(NAMES))
SPACE = LabelSpace.fit(TAGS)


def test_save_and_load_keep_everything(tmp_path: Path) -> None:
    SPACE.save(tmp_path / "space")
    names = sorted(path.name for path in (tmp_path / "space").iterdir())
    assert names == ["README.md", "config.json", "labels.parquet", "vectors.safetensors"]
    loaded = LabelSpace.load(tmp_path / "space")
    assert loaded.vocabulary == SPACE.vocabulary
    assert loaded.vectors.tobytes() == SPACE.vectors.tobytes()
    assert loaded.counts.tolist() == SPACE.counts.tolist()
    assert loaded.record == SPACE.record
    assert loaded.combine("man", "horse") == SPACE.combine("man", "horse")


def test_a_taken_folder_is_kept_unless_overwriting_is_allowed(tmp_path: Path) -> None:
    SPACE.save(tmp_path / "space")
    small = LabelSpace.fit(TAGS, dim=1)
    with pytest.raises(ArtefactError, match="not empty"):
        small.save(tmp_path / "space")
    assert LabelSpace.load(tmp_path / "space").dim == SPACE.dim
    small.save(tmp_path / "space", overwrite=True)
    assert LabelSpace.load(tmp_path / "space").dim == 1


@pytest.mark.parametrize("name", ["vectors.safetensors", "labels.parquet", "config.json"])
@pytest.mark.parametrize("kept", [None, 0, 20])
def test_missing_and_truncated_files_are_told(tmp_path: Path, name: str, kept: int | None) -> None:
    SPACE.save(tmp_path / "space")
    path = tmp_path / "space" / name
    contents = path.read_bytes()
    path.unlink()
    if kept is not None:
        path.write_bytes(contents[:kept])
    with pytest.raises(ArtefactError):
        LabelSpace.load(tmp_path / "space")


@pytest.mark.parametrize(
    ("vectors", "message"),
    [
        (np.ones((7, 3), np.float32), r"\(8, dim\)"),
        (np.ones((8, 3)), "float32, but got float64"),
        (np.full((8, 3), np.inf, np.float32), "finite"),
    ],
)
def test_vectors_that_are_not_the_spaces_are_told(
    tmp_path: Path, vectors: np.ndarray, message: str
) -> None:
    SPACE.save(tmp_path / "space")
    save_file({"vectors": vectors}, tmp_path / "space" / "vectors.safetensors")
    with pytest.raises(ArtefactError, match=message):
        LabelSpace.load(tmp_path / "space")


def test_labels_of_another_space_are_told(tmp_path: Path) -> None:
    SPACE.save(tmp_path / "space")
    turned = Annotations.from_lists(ROWS, vocabulary=Vocabulary(NAMES[::-1]))
    LabelSpace.fit(turned).save(tmp_path / "other")
    (tmp_path / "other" / "labels.parquet").replace(tmp_path / "space" / "labels.parquet")
    with pytest.raises(ArtefactError, match="in their order"):
        LabelSpace.load(tmp_path / "space")


def test_counts_are_no_label_space(tmp_path: Path) -> None:
    count_cooccurrence(TAGS).save(tmp_path / "counts")
    with pytest.raises(ArtefactError, match=r"expected 'labelsphere\.label_space'"):
        LabelSpace.load(tmp_path / "counts")
