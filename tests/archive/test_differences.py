"""How outputs differ, read back from every form that is written."""

import io
import tarfile
from pathlib import Path

import pytest

from labelsphere.archive.differences import Difference, output_differences, output_tags
from labelsphere.archive.writers import OUTPUT_WRITERS, OutputPicture
from labelsphere.errors import DataError
from labelsphere.tagger.tag import Tag

SKY, SEA = Tag("sky", 1.0, 0.9, True, False), Tag("sea, rough", 0.5, 0.4, False, True)
SAND = Tag("sand", 0.1, 0.1, False, False)


def test_what_is_added_and_removed() -> None:
    old = {"a": ("sky", "sea"), "b": ("sky",), "c": ("sky",), "same": ("sky", "sea")}
    new = {"a": ("sand", "sky"), "same": ("sea", "sky"), "c": (), "d": ()}
    assert list(output_differences(old, new)) == [
        Difference("a", ("sand",), ("sea",)),
        Difference("c", (), ("sky",)),
        Difference("d", (), (), new=True),
        Difference("b", (), ("sky",), gone=True),
    ]


@pytest.mark.parametrize("ending", sorted(OUTPUT_WRITERS))
@pytest.mark.parametrize("calibrated", [True, False])
def test_every_form_is_read_back(tmp_path: Path, ending: str, calibrated: bool) -> None:
    shard = tmp_path / "shard.tar"
    with tarfile.open(shard, "w") as archive:
        for name in ("a.png", "b.png", "a.meta.json"):
            member = tarfile.TarInfo(name)
            member.size = 2
            archive.addfile(member, io.BytesIO(b"{}"))
    pictures = [
        OutputPicture(f"{shard}::a.png", [SKY, SEA, SAND]),
        OutputPicture(f"{shard}::b.png", []),
    ]
    OUTPUT_WRITERS[ending](pictures, tmp_path / "out", calibrated=calibrated)
    found = output_tags(tmp_path / "out", ending)
    assert set(found[f"{shard}::a.png"]) == {"sky", "sea, rough", "sand"}
    # A line a tag: pictures without tags have none.
    assert len(found) == (1 if ending == ".csv" else 2)


@pytest.mark.parametrize("ending", sorted(OUTPUT_WRITERS))
def test_another_file_is_refused(tmp_path: Path, ending: str) -> None:
    (tmp_path / "out").write_text("letter\n")
    with pytest.raises(DataError, match="is not an output of labelsphere tag"):
        output_tags(tmp_path / "out", ending)
