import os
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
    assert table.notes == ("1 file skipped, not a picture by the ending: 1 .me",)


def test_another_separator_can_be_given(tmp_path: Path) -> None:
    table = read(tmp_path, {"a.png": "", "a.txt": "sky, blue;sea"}, ";")
    assert table.tags.rows() == [(0, "sky, blue"), (0, "sea")]


def test_text_without_an_image_is_told(tmp_path: Path) -> None:
    table = read(tmp_path, {"a.png": "", "a.txt": "", "c.txt": "x", "b.txt": "y"})
    assert table.notes == ("2 text files without an image beside: b.txt, c.txt",)


def test_a_folder_without_images_is_refused(tmp_path: Path) -> None:
    with pytest.raises(
        DataError, match=r"holds no images \(.*1 \.txt\); expected pictures ending in .*\.png"
    ):
        read(tmp_path, {"a.txt": "sky", ".hidden/x.png": ""})


def test_what_a_table_inside_leaves_aside_is_told(tmp_path: Path) -> None:
    table = "file_name,tags\na.jpg,sky\n"
    notes = read(tmp_path, {"metadata.csv": table, "a.jpg": "", "b.jpg": "", "b.txt": "sea"}).notes
    assert "1 picture in the folder not named by metadata.csv, and left out: b.jpg" in notes
    assert "1 text file not read, for metadata.csv gives the tags: b.txt" in notes


def test_why_folders_are_no_classes_is_told(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"not taken for classes, for 1 image in none: b\.jpg"):
        read(tmp_path, {"cat/a.jpg": "", "b.jpg": ""})


def test_a_table_beside_untagged_images_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"to read a table in it, name the \.csv file itself"):
        read(tmp_path, {"a.jpg": "", "tags.csv": "image,tags\na.jpg,sky\n"})


def test_a_fault_in_a_text_file_is_named_by_the_file(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"in/b\.txt: the tag 'sky.*' holds a NUL byte"):
        read(tmp_path, {"in/a.jpg": "", "in/a.txt": "x", "in/b.jpg": "", "in/b.txt": "sky\0"})


def test_a_sidecar_in_another_encoding_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"in/a\.txt line 2: byte 0xe9 is not UTF-8"):
        read(tmp_path, {"in/a.png": "", "in/a.txt": b"sky\ncaf\xe9"})


@pytest.mark.parametrize("beside", ["a.jpg.txt", "a.caption", "a.jpg.caption", "A.TXT", "a.TXT"])
def test_tags_may_stand_in_files_of_other_names(tmp_path: Path, beside: str) -> None:
    name = "A.jpg" if beside == "A.TXT" else "a.jpg"
    if beside == "A.TXT":
        beside = "A.txt"
    table = read(tmp_path, {name: "", beside: "sky, sea"})
    assert table.tags["tag"].to_list() == ["sky", "sea"]
    odd = [note for note in table.notes if "tags are read from 1 file such as" in note]
    assert bool(odd) == (not beside.lower().endswith(".txt"))


def test_the_usual_file_of_tags_counts_first(tmp_path: Path) -> None:
    files = {"a.jpg": "", "a.txt": "sky", "a.jpg.txt": "sea", "a.caption": "A picture of the sky."}
    table = read(tmp_path, {**files, "c.txt": "tree"})
    assert table.tags["tag"].to_list() == ["sky"]
    assert table.notes == (
        "2 text files are not read, because the image has another: a.caption, a.jpg.txt",
        "1 text file without an image beside: c.txt",
    )


def test_images_that_share_a_file_of_tags_are_told(tmp_path: Path) -> None:
    table = read(tmp_path, {"a.jpg": "", "a.png": "", "a.txt": "sky"})
    assert len(table.tags) == 2
    assert table.notes == ("1 text file gives several images their tags: a.jpg and a.png: a.txt",)


def test_folders_are_tags_where_no_text_is(tmp_path: Path) -> None:
    table = read(tmp_path, {"cat/1.jpg": "", "cat/2.jpg": "", "big dog/1.jpg": "", "README": "x"})
    assert table.tags.rows() == [(0, "big dog"), (1, "cat"), (2, "cat")]
    assert table.notes == (
        "no text files: each image is tagged with its folder's name: big dog, cat",
        "1 file skipped, not a picture by the ending: 1 without an ending",
    )


def test_folders_of_folders_give_tags_and_the_split(tmp_path: Path) -> None:
    table = read(tmp_path, {"train/cat/1.jpg": "", "test/cat/1.jpg": "", "test/dog/1.jpg": ""})
    assert table.tags["tag"].to_list() == ["cat", "dog", "cat"]
    assert table.columns["split"].to_list() == ["test", "test", "train"]


def test_images_without_any_tags_are_refused_with_what_is_there(tmp_path: Path) -> None:
    files = {"1.jpg": "", "cat/2.jpg": "", "x.txt": "sky", "y.xml": ""}
    with pytest.raises(DataError, match=r"2 images without tags \(.*1 \.xml; 1 text file .*x\.txt"):
        read(tmp_path, files)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("metadata.csv", 'file_name,tags\nin/a.jpg,"sky, sea"\n'),
        ("metadata.jsonl", '{"file_name": "in/a.jpg", "tags": ["sky", "sea"]}\n'),
    ],
)
def test_a_table_inside_is_read(tmp_path: Path, name: str, text: str) -> None:
    table = read(tmp_path, {"in/a.jpg": "", name: text})
    assert table.tags["tag"].to_list() == ["sky", "sea"]
    assert table.paths is not None
    assert table.paths.to_list() == ["in/a.jpg"]
    assert f"the tags are those of {name}" in table.notes


def test_a_folder_of_tables_is_told_from_one_of_images(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"holds no images \(.*2 \.parquet\).*name the \.parquet"):
        read(tmp_path, {"train-0.parquet": "", "train-1.parquet": ""})


def test_a_name_that_is_not_utf8_is_read_with_the_others(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"caf\xe9.jpg")).touch()
    (tmp_path / os.fsdecode(b"caf\xe9.txt")).write_text("sky")
    table = read(tmp_path, {"a.jpg": "", "a.txt": "sea"})
    assert table.image_ids.to_list() == ["a.jpg", r"caf\xe9.jpg"]
    assert table.tags["tag"].to_list() == ["sea", "sky"]


def test_a_pipe_in_place_of_tags_is_passed_over(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.txt")
    table = read(tmp_path, {"a.jpg": "", "b.jpg": "", "b.txt": "sky"})
    assert table.tags.rows() == [(1, "sky")]
    assert table.notes == ("a.txt is a named pipe: skipped",)
