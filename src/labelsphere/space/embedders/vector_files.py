"""Word vectors from files: text, ``word v1 v2 …``, or safetensors with a list of words."""

from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load_file

from labelsphere.arrays import FloatArray
from labelsphere.errors import DataError, UsageError


def read_vectors(
    path: str | Path, wanted: Callable[[str], bool], words: str | Path | None = None
) -> tuple[dict[str, FloatArray], int]:
    """The vectors of some words.

    Args:
        path: Text in UTF-8, a word and its numbers a line with single spaces between them, with or
            without a first line of two numbers, vectors and width, as word2vec writes it. Or a
            ``.safetensors`` file that holds a single matrix.
        wanted: Says of a word whether its vector is to be kept: files hold millions.
        words: For safetensors: a text file of the words of the rows, one a line; if None, the
            file of the same name that ends in ``.txt``.

    Returns:
        The vectors of the words that are wanted and there, (width,) float32 each; of a word given
        twice the first. And the width.

    Raises:
        UsageError: If a file is missing, or words are named for a text file.
        DataError: If a line is of another width than the first, or holds what is no number, with
            its number; or the file holds something else, or nothing.
    """
    path = Path(path)
    if not path.is_file():
        raise UsageError(f"there is no file {path}; expected one with word vectors")
    if path.suffix == ".safetensors":
        return _read_safetensors(path, wanted, Path(words or path.with_suffix(".txt")))
    if words is not None:
        raise UsageError(f"{path} is text and names its words itself; leave out words={words}")
    return _read_text(path, wanted)


def _read_text(path: Path, wanted: Callable[[str], bool]) -> tuple[dict[str, FloatArray], int]:
    found: dict[str, FloatArray] = {}
    with path.open(encoding="utf-8", newline="\n") as file:
        lines = _numbered(file, path)
        number, first = next(lines, (0, ""))
        if _is_header(first):
            width = int(first.split()[1])
        else:
            width = len(first.split(" ")) - 1
            lines = chain([(number, first)], lines)
        if width < 1:
            raise DataError(f"{path} holds no vectors; expected lines of a word and its numbers")
        for number, line in lines:
            # A word may hold spaces itself, so the numbers are counted from the end.
            word, *numbers = line.rsplit(" ", width)
            if len(numbers) < width or (line.count(" ") > width and _is_number(word.split()[-1:])):
                raise DataError(
                    f"{path}, line {number}: {line.count(' ')} numbers after the word; expected "
                    f"{width}, as before it"
                )
            if word not in found and wanted(word):
                found[word] = _numbers(numbers, path, number)
    return found, width


def _numbered(lines: Iterator[str], path: Path) -> Iterator[tuple[int, str]]:
    """Lines with their numbers from 1 and without their ends; blank ones are left out."""
    try:
        for number, line in enumerate(lines, 1):
            if stripped := line.rstrip():
                yield number, stripped
    except UnicodeDecodeError as error:
        raise DataError(f"{path} is no text in UTF-8 ({error}); expected word vectors") from error


def _is_header(line: str) -> bool:
    parts = line.split()
    return len(parts) == 2 and all(part.isdecimal() for part in parts)


def _is_number(parts: list[str]) -> bool:
    try:
        return bool(parts) and bool(np.isfinite(float(parts[0])))
    except ValueError:
        return False


def _numbers(texts: list[str], path: Path, line: int) -> FloatArray:
    try:
        wide = np.array(texts, np.float64)
    except ValueError as error:
        raise DataError(f"{path}, line {line}: {error}; expected numbers after the word") from error
    if not (np.abs(wide) <= np.finfo(np.float32).max).all():
        raise DataError(f"{path}, line {line} holds NaN, infinity or a number beyond 3.4e38")
    return wide.astype(np.float32)


def _read_safetensors(
    path: Path, wanted: Callable[[str], bool], words: Path
) -> tuple[dict[str, FloatArray], int]:
    if not words.is_file():
        raise UsageError(
            f"there is no file {words} with the words of {path}, one a line; name it with words="
        )
    try:
        matrices = [array for array in load_file(path).values() if array.ndim == 2]
    except (OSError, SafetensorError, TypeError) as error:
        raise DataError(f"{path} cannot be read as safetensors ({error})") from error
    if len(matrices) != 1 or not matrices[0].shape[1]:
        raise DataError(f"{path} holds {len(matrices)} matrices; expected one, words × width")
    names = words.read_text(encoding="utf-8").splitlines()
    if len(names) != len(matrices[0]):
        raise DataError(
            f"{words} names {len(names)} words and {path} holds {len(matrices[0])} vectors; "
            "expected one line a vector"
        )
    found: dict[str, FloatArray] = {}
    for row, name in enumerate(names):
        if name not in found and wanted(name):
            found[name] = matrices[0][row].astype(np.float32)
            if not np.isfinite(found[name]).all():
                raise DataError(f"{path}, row {row} ({name!r}) holds NaN or infinity")
    return found, int(matrices[0].shape[1])
