import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelsphere.annotations.folder_index import FolderIndex, index_folder, index_subfolders

NAMES = ["a.jpg", "train/a.JPG", "train/b.png", "Train/deep/a.jpg", "caf\u00e9/c.jpg"]
PATHS = st.lists(st.sampled_from("aAbB"), min_size=1, max_size=3).map("/".join)


def folded(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()


@given(st.sets(PATHS.map(lambda path: path + ".jpg")), PATHS, st.booleans())
def test_lookups_find_what_comparing_every_name_finds(
    names: set[str], path: str, ended: bool
) -> None:
    name = path + ".JPG" * ended
    index = FolderIndex(names)
    forms = {there: (folded(there), folded(there[:-4])) for there in names}
    same = sorted(there for there, both in forms.items() if folded(name) in both)
    assert index.same(name) == same
    below = [
        there
        for there, both in forms.items()
        if any(("/" + form).endswith("/" + folded(name)) for form in both)
    ]
    assert sorted(index.below(name)) == sorted(below)


@pytest.mark.parametrize(
    ("name", "same", "below"),
    [
        ("a.jpg", ["a.jpg"], ["Train/deep/a.jpg", "a.jpg", "train/a.JPG"]),
        ("a", ["a.jpg"], ["Train/deep/a.jpg", "a.jpg", "train/a.JPG"]),
        ("TRAIN/A.jpg", ["train/a.JPG"], ["train/a.JPG"]),
        ("cafe\u0301/c.jpg", ["caf\u00e9/c.jpg"], ["caf\u00e9/c.jpg"]),
        ("deep/a", [], ["Train/deep/a.jpg"]),
        ("eep/a.jpg", [], []),
        ("", [], []),
    ],
)
def test_case_unicode_form_ending_and_folder(name: str, same: list[str], below: list[str]) -> None:
    index = FolderIndex(NAMES)
    assert index.same(name) == same
    assert sorted(index.below(name)) == below


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("a.jpg", "notes.txt", "Train/b.png", "Train/deep/c.jpg", ".hidden/d.jpg"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    return tmp_path


def test_the_whole_folder_is_indexed_without_hidden_files(folder: Path) -> None:
    assert index_folder(folder).names == {"a.jpg", "Train/b.png", "Train/deep/c.jpg"}


def test_some_folders_are_indexed_by_any_spelling_and_no_deeper(folder: Path) -> None:
    assert index_subfolders(folder, []).names == {"a.jpg"}
    assert index_subfolders(folder, ["train", "gone", "train"]).names == {"a.jpg", "Train/b.png"}
    assert index_subfolders(folder, ["TRAIN/deep/"]).names == {"a.jpg", "Train/deep/c.jpg"}
    assert index_subfolders(folder / "gone", ["x"]).names == frozenset()
