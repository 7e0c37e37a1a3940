"""Differences between two outputs of tags, picture by picture."""

import csv
import json
import tarfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from labelsphere.errors import DataError

Tags = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Difference:
    """A picture whose tags differ.

    Attributes:
        name: Name of the picture.
        added: Tags of the new output only.
        removed: Tags of the old output only.
        new: Whether the old output lacks the picture.
        gone: Whether the new output lacks the picture.
    """

    name: str
    added: tuple[str, ...]
    removed: tuple[str, ...]
    new: bool = False
    gone: bool = False


def output_differences(old: Tags, new: Tags) -> Iterator[Difference]:
    """Yield pictures whose tags differ: first those of the new output, in its order."""
    for name, tags in new.items():
        there = old.get(name, ())
        added = tuple(tag for tag in tags if tag not in there)
        removed = tuple(tag for tag in there if tag not in tags)
        if added or removed or name not in old:
            yield Difference(name, added, removed, new=name not in old)
    for name, tags in old.items():
        if name not in new:
            yield Difference(name, (), tags, gone=True)


def output_tags(path: Path, ending: str) -> dict[str, tuple[str, ...]]:
    """Read the tags of each picture, accepted and suggested, from an output of ``labelsphere tag``.

    A CSV file does not name pictures without tags.

    Args:
        path: The output.
        ending: Its format, a key of `labelsphere.archive.writers.OUTPUT_WRITERS`.

    Raises:
        DataError: If the file is not such an output.
    """
    try:
        return dict(_READERS[ending](path))
    except (
        OSError,
        ValueError,
        KeyError,
        TypeError,
        tarfile.TarError,
        pl.exceptions.PolarsError,
    ) as error:
        raise DataError(
            f"{path} is not an output of labelsphere tag ({error}), so it cannot be compared: "
            "give another output"
        ) from error


def _jsonl(path: Path) -> Iterator[tuple[str, tuple[str, ...]]]:
    with path.open(encoding="utf-8") as file:
        for line in file:
            yield _of_object(line)


def _tar(path: Path) -> Iterator[tuple[str, tuple[str, ...]]]:
    with tarfile.open(path) as shard:
        for member in shard:
            if member.isfile() and member.name.endswith(".json"):
                file = shard.extractfile(member)
                text = b"" if file is None else file.read()
                # Other members of the shard are ignored.
                if b'"image"' in text and b'"tags"' in text:
                    yield _of_object(text.decode())


def _of_object(text: str) -> tuple[str, tuple[str, ...]]:
    found = json.loads(text)
    tags = [*found["tags"], *found.get("suggested", []), *found.get("others", [])]
    return found["image"], tuple(tag["label"] for tag in tags)


def _csv(path: Path) -> Iterator[tuple[str, tuple[str, ...]]]:
    tags: dict[str, list[str]] = {}
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file)
        if not {"image", "label"} <= set(rows.fieldnames or ()):
            raise ValueError("it has no columns image and label")
        for row in rows:
            tags.setdefault(row["image"], []).append(row["label"])
    for name, labels in tags.items():
        yield name, tuple(labels)


def _parquet(path: Path) -> Iterator[tuple[str, tuple[str, ...]]]:
    for name, labels in pl.read_parquet(path, columns=["image", "tags"]).iter_rows():
        yield name, tuple(labels)


_READERS = {".jsonl": _jsonl, ".csv": _csv, ".parquet": _parquet, ".tar": _tar}
