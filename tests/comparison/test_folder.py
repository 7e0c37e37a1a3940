from pathlib import Path

import pytest

from labelsphere.comparison.folder import CONTENTS, check_comparison_folder, clear_comparison
from labelsphere.errors import ArtefactError


@pytest.fixture
def compared(tmp_path: Path) -> Path:
    """What a comparison, and one that was killed, leave."""
    folder = tmp_path / "out"
    for name in CONTENTS:
        path = folder / name
        path.mkdir(parents=True) if "." not in name else path.write_text("x")
    (folder / ".report.html.1a2b3c4d.partial").write_text("x")
    return folder


def test_an_earlier_comparison_is_gone_on_with_or_removed(compared: Path) -> None:
    check_comparison_folder(compared)
    check_comparison_folder(compared, overwrite=True)
    clear_comparison(compared)
    assert not compared.exists()
    clear_comparison(compared)


def test_what_no_comparison_wrote_is_never_removed(compared: Path) -> None:
    (compared / "notes.txt").write_text("mine")
    with pytest.raises(ArtefactError, match=r"holds notes\.txt, which no comparison wrote"):
        clear_comparison(compared)
    assert (compared / "notes.txt").read_text() == "mine"
    assert (compared / "runs").is_dir()


@pytest.mark.parametrize("overwrite", [False, True])
def test_files_and_other_folders_are_refused(tmp_path: Path, overwrite: bool) -> None:
    (tmp_path / "file").write_text("mine")
    with pytest.raises(ArtefactError, match=r"is a file|is not overwritten|not empty"):
        check_comparison_folder(tmp_path, overwrite=overwrite)
    with pytest.raises(ArtefactError, match="is a file"):
        check_comparison_folder(tmp_path / "file", overwrite=overwrite)
    check_comparison_folder(tmp_path / "new", overwrite=overwrite)
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
