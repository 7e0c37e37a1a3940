"""Readers of published hierarchies: three formats, recognised by their contents."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from scipy.sparse import csr_array

from labelsphere.annotations.text import decode_text
from labelsphere.annotations.two_columns import read_pairs
from labelsphere.annotations.vocabulary import Vocabulary
from labelsphere.arrays import SparseRows
from labelsphere.errors import DataError, UsageError

_TENCENT = ["category_index", "category_id", "index_of_parent_category", "category name"]
_HEADERS = {(child, "parent") for child in ("child", "label", "name", "category")}


class HierarchyData(NamedTuple):
    """Contents of a hierarchy file; the attributes are those of `Hierarchy`."""

    vocabulary: Vocabulary
    parents: SparseRows
    names: Sequence[str]


def read_hierarchy(path: Path) -> HierarchyData:
    """Read a hierarchy; see `Hierarchy.read`.

    Raises:
        UsageError: If there is no such file.
        DataError: If it is in no known format, has an unknown parent, or makes a label its own
            ancestor.
    """
    if not path.is_file():
        raise UsageError(f"{path} is not a file; expected a hierarchy of labels")
    text = decode_text(path.read_bytes(), path)
    if not text.strip():
        raise DataError(f"{path} is empty; expected a hierarchy of labels")
    try:
        if text.lstrip().startswith(("{", "[")):
            return _open_images(text)
        lines = text.splitlines()
        first = lines[0].split("\t")
        return _tencent(lines[1:]) if first == _TENCENT else _two_columns(lines)
    except DataError as error:
        raise DataError(f"{path}: {error}") from error


def hierarchy_of_pairs(
    pairs: Iterable[tuple[str, str | None]], names: Mapping[str, str] | None = None
) -> HierarchyData:
    """Build a hierarchy from (child, parent) pairs; see `Hierarchy.from_pairs`.

    Raises:
        DataError: If a label is empty or not a text.
    """
    numbers: dict[str, int] = {}
    children, parents = [], []
    for child, parent in pairs:
        number = numbers.setdefault(child, len(numbers))
        if parent:
            children.append(number)
            parents.append(numbers.setdefault(parent, len(numbers)))
    vocabulary = Vocabulary(numbers)
    matrix: SparseRows = csr_array(
        (np.ones(len(children), np.float32), (children, parents)),
        shape=(len(numbers), len(numbers)),
    )
    called = names or {}
    return HierarchyData(vocabulary, matrix, [called.get(name, name) for name in vocabulary])


def _tencent(lines: list[str]) -> HierarchyData:
    """Parse Tencent ML-Images' dictionary: parents are indices, -1 for none."""
    labels: list[str] = []
    parents: list[int] = []
    names: list[str] = []
    for number, line in enumerate(lines, start=2):
        cells = line.split("\t")
        try:
            index, label, parent, name = cells
            parents.append(int(parent))
            in_order = int(index) == len(labels)
        except ValueError:
            raise DataError(
                f"line {number}: expected index, code, parent's index and name between tabs, "
                f"but got {line!r}"
            ) from None
        if not in_order:
            raise DataError(f"line {number}: expected index {len(labels)}, but got {index}")
        labels.append(label)
        names.append(name)
    for number, parent_index in enumerate(parents, start=2):
        if not -1 <= parent_index < len(labels):
            raise DataError(
                f"line {number}: parent {parent_index} is unknown; expected an index from 0 to "
                f"{len(labels) - 1}, or -1 for none"
            )
    has_parent = np.flatnonzero(np.array(parents, np.int64) >= 0)
    above: SparseRows = csr_array(
        (np.ones(len(has_parent), np.float32), (has_parent, np.array(parents)[has_parent])),
        shape=(len(labels), len(labels)),
    )
    return HierarchyData(Vocabulary(labels), above, names)


def _open_images(text: str) -> HierarchyData:
    """Parse Open Images' hierarchy: labels with nested subcategories."""
    try:
        tree = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise DataError(f"cannot be read as JSON ({error})") from error
    return hierarchy_of_pairs(_edges(tree))


def _edges(tree: Any) -> Iterator[tuple[str, str | None]]:
    waiting: list[tuple[Any, str | None]] = [(tree, None)]
    while waiting:
        node, parent = waiting.pop()
        label = node.get("LabelName") if isinstance(node, dict) else None
        if not isinstance(label, str) or not label:
            raise DataError(
                "expected Open Images' hierarchy, objects with LabelName and Subcategory, but got "
                f"{json.dumps(node)[:60]}"
            )
        yield label, parent
        # A part, such as an eye, is not a kind of the whole, but its subcategories are its kinds.
        for key, above in (("Part", None), ("Subcategory", label)):
            below = node.get(key, [])
            if not isinstance(below, list):
                raise DataError(f"{key} of {label!r} must be a list, but is {json.dumps(below)}")
            waiting.extend((child, above) for child in reversed(below))


def _two_columns(lines: list[str]) -> HierarchyData:
    """Parse CSV or TSV of child and parent, which may be empty."""
    pairs = read_pairs(lines, "a label", "its parent", _HEADERS)
    if not pairs:
        raise DataError("has no label; expected a label and its parent in each line")
    return hierarchy_of_pairs(pairs)
