"""What every reader promises, whichever format it reads."""

from pathlib import Path

import pytest

from labelsphere.annotations import Annotations, stream_annotations
from labelsphere.annotations.formats import formats_as_markdown
from labelsphere.annotations.readers import READERS
from labelsphere.errors import LabelsphereError, UsageError


@pytest.mark.parametrize("name", READERS)
def test_an_entry_describes_itself(name: str) -> None:
    reader = READERS[name]
    assert name == name.lower()
    assert 20 <= len(reader.description) <= 160
    assert "\n" not in reader.description
    assert not reader.description.endswith(".")
    assert reader.files or reader.folders
    assert all(suffix.startswith(".") and suffix == suffix.lower() for suffix in reader.suffixes)
    assert reader.files or not reader.suffixes
    assert f"| `{name}` |" in formats_as_markdown()


@pytest.mark.parametrize("name", READERS)
def test_an_empty_source_is_refused(tmp_path: Path, name: str) -> None:
    source = tmp_path / "source"
    if READERS[name].files:
        source.touch()
    else:
        source.mkdir()
    with pytest.raises(LabelsphereError, match="source"):
        Annotations.read(source, format=name)
    with pytest.raises(LabelsphereError, match="source"):
        stream_annotations(source, format=name).find_vocabulary()


@pytest.mark.parametrize("name", READERS)
def test_a_folder_is_no_file(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").touch()
    for reads, source in (
        (READERS[name].files, tmp_path / "file"),
        (READERS[name].folders, tmp_path),
    ):
        if not reads:
            with pytest.raises(UsageError, match=f"which format '{name}' does not read"):
                Annotations.read(source, format=name)


def test_an_unknown_format_lists_the_known(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=", ".join(READERS)):
        Annotations.read(tmp_path, format="excel")
