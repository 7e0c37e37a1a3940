from pathlib import Path

import pytest

from labelsphere.annotations.readers.folder import read_folder
from labelsphere.annotations.readers.raw import RawTable, ReadOptions
from labelsphere.errors import DataError


def read(folder: Path, files: dict[str, str | bytes], separator: str | None = None) -> RawTable:
    for name, contents in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        data = contents if isinstance(contents, bytes) else contents.encode()
        (folder / name).write_bytes(data)
    return read_folder(folder, ReadOptions(separator=separator))


def test_images_have_their_tags_beside_them(tmp_path: Path) -> None:
    table = read(
        tmp_path,
        {
            "b.JPG": "",
            "b.txt": "\ufeffsky, sea,\n beach\r\n",
            "a.png": "",
            "in/a.png": "",
            "in/a.txt": "dog",
            "in/deep/c.webp": "",
            "in/deep/c.txt": "",
            ".hidden/x.png": "",
            ".thumb.png": "",
            "read.me": "no image",
        },
    )
    assert table.image_ids.to_list() == ["a.png", "b.JPG", "in/a.png", "in/deep/c.webp"]
    assert table.tags.rows() == [(1, "sky"), (1, "sea"), (1, "beach"), (2, "dog")]
    assert table.paths is not None
    assert table.paths.to_list() == table.image_ids.to_list()
    assert table.notes == ()


def test_another_separator_can_be_given(tmp_path: Path) -> None:
    table = read(tmp_path, {"a.png": "", "a.txt": "sky, blue;sea"}, ";")
    assert table.tags.rows() == [(0, "sky, blue"), (0, "sea")]


def test_text_without_an_image_is_told(tmp_path: Path) -> None:
    table = read(tmp_path, {"a.png": "", "c.txt": "x", "b.txt": "y"})
    assert table.notes == ("2 text files without an image beside: b.txt…",)


def test_a_folder_without_images_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"holds no images; expected files ending in .*\.png"):
        read(tmp_path, {"a.txt": "sky", ".hidden/x.png": ""})


def test_a_sidecar_in_another_encoding_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"in/a\.txt line 2: byte 0xe9 is not UTF-8"):
        read(tmp_path, {"in/a.png": "", "in/a.txt": b"sky\ncaf\xe9"})
