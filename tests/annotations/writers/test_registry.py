"""What every writer promises, and that what is written is read back."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from labelsphere.annotations import Annotations
from labelsphere.annotations.formats import formats_as_markdown
from labelsphere.annotations.writers import WRITERS
from labelsphere.errors import ArtefactError, UsageError

MakeTags = Callable[..., Annotations]

ROWS = [["cat", "deep sea"], ["cat"], [], ['24" <b> & "é"']]
IDS = ["a.jpg", "sub/b.jpg", "c d.jpg", "e.jpg"]
# The reader of each format, where it has another name.
READER = {"label-studio": "label-studio", "one-hot": "one-hot", "cvat": "cvat"}
FILE = {"label-studio": "tasks.json", "cvat": "annotations.xml"}


def sets(annotations: Annotations) -> dict[str, list[str]]:
    """Tags of each image, by the stem of its file."""
    names = [
        Path(name.replace("?d=", "/").replace("%20", " ")).stem for name in annotations.image_ids
    ]
    return {name: annotations.tags_of(row) for row, name in enumerate(names)}


def target(folder: Path, name: str) -> Path:
    return folder / f"out{WRITERS[name].ending}"


def read_back(path: Path, name: str) -> Annotations:
    return Annotations.read(path / FILE[name] if name in FILE else path, format=READER.get(name))


@pytest.mark.parametrize("name", WRITERS)
def test_an_entry_describes_itself(name: str) -> None:
    writer = WRITERS[name]
    assert name == name.lower()
    assert 10 <= len(writer.description) <= 120
    assert not writer.description.endswith(".")
    assert set(writer.keeps) <= {"confidences", "absences"}
    assert f"| `{name}` |" in formats_as_markdown()


@pytest.mark.parametrize("name", WRITERS)
@pytest.mark.parametrize("absent", [True, False])
@pytest.mark.parametrize("confidences", [True, False])
def test_what_is_written_is_read_back(
    tmp_path: Path, make_tags: MakeTags, name: str, absent: bool, confidences: bool
) -> None:
    written = make_tags(absent=absent, confidences=confidences)
    notes = written.write(target(tmp_path, name), format=name)
    again = read_back(target(tmp_path, name), name)
    assert sets(again) == {
        Path(image).stem: sorted(row) for image, row in zip(IDS, ROWS, strict=True)
    }
    keeps = WRITERS[name].keeps
    back = again.select([list(sets(again)).index(Path(image).stem) for image in IDS])
    if "confidences" in keeps:
        np.testing.assert_array_equal(back.matrix.toarray(), written.matrix.toarray())
    if "absences" in keeps:
        assert (back.absent is None) == (written.absent is None)
        if back.absent is not None and written.absent is not None:
            np.testing.assert_array_equal(back.absent.toarray(), written.absent.toarray())
    elif absent:
        assert back.absent is None
        assert written.absent is not None
        told = f"{written.absent.nnz} known absences not written"
        assert any(told in note for note in notes)
    lost = any("confidence" in note and "not written" in note for note in notes)
    assert lost == (confidences and "confidences" not in keeps)


@pytest.mark.parametrize("name", WRITERS)
def test_what_is_there_stays(tmp_path: Path, name: str, make_tags: MakeTags) -> None:
    path = target(tmp_path, name)
    if WRITERS[name].ending:
        path.write_text("mine")
    else:
        path.mkdir()
        (path / "mine").touch()
    with pytest.raises(ArtefactError):
        make_tags().write(path, format=name)
    assert path.read_text() == "mine" if path.is_file() else (path / "mine").exists()


def test_an_unknown_format_lists_the_known(tmp_path: Path, make_tags: MakeTags) -> None:
    with pytest.raises(UsageError, match=", ".join(WRITERS)):
        make_tags().write(tmp_path / "x", format="excel")
