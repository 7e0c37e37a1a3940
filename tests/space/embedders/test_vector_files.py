"""Files of word vectors as they are published, and as they come when something is wrong."""

from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from labelsphere.errors import DataError, UsageError
from labelsphere.space.embedders.vector_files import read_vectors


def every(word: str) -> bool:
    return True


def text(folder: Path, content: str, name: str = "vectors.txt") -> Path:
    path = folder / name
    path.write_bytes(content.encode())
    return path


@pytest.mark.parametrize("header", ["", "3 2\n"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", " \n"])
def test_a_word_and_its_numbers_a_line(tmp_path: Path, header: str, ending: str) -> None:
    lines = ["sky 0.5 -1e-2", "traffic_light 1 2", "Zürich 3 4"]
    found, width = read_vectors(text(tmp_path, header + ending.join(lines) + ending), every)
    assert width == 2
    assert {word: vector.tolist() for word, vector in found.items()} == {
        "sky": [0.5, np.float32(-0.01)],
        "traffic_light": [1, 2],
        "Zürich": [3, 4],
    }
    assert {vector.dtype for vector in found.values()} == {np.dtype(np.float32)}


def test_only_the_words_wanted_are_kept_and_the_first_of_two(tmp_path: Path) -> None:
    path = text(tmp_path, "a 1 2\nb 3 4\na 5 6\n")
    found, _ = read_vectors(path, {"a", "z"}.__contains__)
    assert {word: vector.tolist() for word, vector in found.items()} == {"a": [1, 2]}


def test_a_word_with_spaces_is_told_from_a_line_that_is_too_long(tmp_path: Path) -> None:
    # The vectors of the Common Crawl hold such words.
    found, _ = read_vectors(text(tmp_path, "cat 1 2\n. . . 3 4\nat name@domain.com 5 6\n"), every)
    assert found[". . ."].tolist() == [3, 4]
    assert found["at name@domain.com"].tolist() == [5, 6]


@pytest.mark.parametrize("header", ["", "9 3\n"])
@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("dog 1 2", "2 numbers after the word; expected 3"),
        ("dog 1 2 3 4", "4 numbers after the word; expected 3"),
        ("dog", "0 numbers after the word; expected 3"),
        ("dog 1 2 x", "could not convert string to float: 'x'"),
        ("dog 1 nan 2", "NaN, infinity"),
        ("dog 1 1e39 2", "NaN, infinity"),
    ],
)
def test_a_line_that_is_wrong_is_named(
    tmp_path: Path, header: str, line: str, message: str
) -> None:
    path = text(tmp_path, f"{header}cat 1 2 3\n{line}\nbird 1 2 3\n")
    number = 2 + bool(header)
    with pytest.raises(DataError, match=f"vectors.txt, line {number}.*{message}"):
        read_vectors(path, every)


def test_the_width_is_checked_of_words_that_are_not_wanted_too(tmp_path: Path) -> None:
    path = text(tmp_path, "cat 1 2 3\ndog 1 2\n")
    with pytest.raises(DataError, match="line 2: 2 numbers"):
        read_vectors(path, {"cat"}.__contains__)


def test_blank_lines_are_passed_over_and_counted(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="line 4: 2 numbers"):
        read_vectors(text(tmp_path, "\ncat 1 2 3\n\ndog 1 2\n"), every)


@pytest.mark.parametrize("content", ["", "\n\n", "word\n", "5 0\n"])
def test_a_file_without_vectors_is_refused(tmp_path: Path, content: str) -> None:
    with pytest.raises(DataError, match="holds no vectors"):
        read_vectors(text(tmp_path, content), every)


def test_what_is_no_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "vectors.txt"
    path.write_bytes(b"cat 1 2\n\xff\xfe\x00\x01\n")
    with pytest.raises(DataError, match="is no text in UTF-8"):
        read_vectors(path, every)


def test_a_missing_file_and_words_beside_text_are_bad_usage(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no file"):
        read_vectors(tmp_path / "none.txt", every)
    with pytest.raises(UsageError, match="names its words itself; leave out words="):
        read_vectors(text(tmp_path, "cat 1\n"), every, tmp_path / "words.txt")


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_safetensors_with_a_list_of_words(tmp_path: Path, dtype: type) -> None:
    matrix = np.arange(6, dtype=dtype).reshape(3, 2)
    save_file({"embeddings": matrix, "norms": np.ones(3)}, tmp_path / "v.safetensors")
    text(tmp_path, "cat\ntwo words\ncat\n", "v.txt")
    text(tmp_path, "a\nb\nc\n", "others.txt")
    found, width = read_vectors(tmp_path / "v.safetensors", every)
    assert width == 2
    assert {word: vector.tolist() for word, vector in found.items()} == {
        "cat": [0, 1],
        "two words": [2, 3],
    }
    others, _ = read_vectors(tmp_path / "v.safetensors", every, tmp_path / "others.txt")
    assert list(others) == ["a", "b", "c"]


def test_safetensors_that_cannot_be_used_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "v.safetensors"
    save_file({"a": np.ones((3, 2))}, path)
    with pytest.raises(UsageError, match=r"no file .*v.txt with the words"):
        read_vectors(path, every)
    text(tmp_path, "cat\ndog\n", "v.txt")
    with pytest.raises(DataError, match=r"names 2 words and .* holds 3 vectors"):
        read_vectors(path, every)
    save_file({"a": np.ones((2, 2)), "b": np.ones((2, 2))}, path)
    with pytest.raises(DataError, match="holds 2 matrices; expected one"):
        read_vectors(path, every)
    save_file({"a": np.array([[1, 2], [np.inf, 0]])}, path)
    with pytest.raises(DataError, match=r"row 1 \('dog'\) holds NaN or infinity"):
        read_vectors(path, every)
    path.write_bytes(b"not safetensors")
    with pytest.raises(DataError, match="cannot be read as safetensors"):
        read_vectors(path, every)
