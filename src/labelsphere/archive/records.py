"""Records of a journal: a picture, the hash of its contents, its tags and its vector."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
import pyarrow as pa

from labelsphere.arrays import FloatArray, IntArray
from labelsphere.tagger.chosen import ChosenTags
from labelsphere.tagger.tag import Tag

SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "name": pl.String,
    "content": pl.String,
    "size": pl.Int64,
    "changed": pl.Int64,
    "path": pl.Boolean,
    "problem": pl.String,
    "labels": pl.List(pl.String),
    "scores": pl.List(pl.Float32),
    "probabilities": pl.List(pl.Float64),
    "levels": pl.List(pl.UInt8),
    "vector": pl.Binary,
    "decoding": pl.String,
}
_OTHER, _SUGGESTED, _ACCEPTED = 0, 1, 2


@dataclass(frozen=True)
class Record:
    """One picture of a run.

    Attributes:
        name: As `Item.name`.
        content: Hash of its bytes; empty if it could not be read.
        size: As `Item.size`.
        changed: As `Item.changed`.
        path: Whether the name is the path of the picture's own file.
        problem: Reason why it has no tags; empty if it was tagged.
        tags: Its tags, accepted ones first.
        vector: Input of the decoder, float16; empty if it is not kept.
    """

    name: str
    content: str
    size: int
    changed: int
    path: bool
    problem: str
    tags: tuple[Tag, ...]
    vector: bytes = b""


def records_to_frame(records: Sequence[Record], decoding: str) -> pl.DataFrame:
    """Convert records to the rows of a part."""
    columns = {
        "name": [one.name for one in records],
        "content": [one.content for one in records],
        "size": [one.size for one in records],
        "changed": [one.changed for one in records],
        "path": [one.path for one in records],
        "problem": [one.problem for one in records],
        "labels": [[tag.label for tag in one.tags] for one in records],
        "scores": [[tag.score for tag in one.tags] for one in records],
        "probabilities": [
            [tag.probability for tag in one.tags if tag.probability is not None] for one in records
        ],
        "levels": [[_level(tag) for tag in one.tags] for one in records],
        "vector": [one.vector for one in records],
        "decoding": [decoding] * len(records),
    }
    return pl.DataFrame(columns, schema=SCHEMA)


def frame_to_records(frame: pl.DataFrame) -> list[Record]:
    """Convert the rows of a part to records."""
    return [
        Record(
            row["name"],
            row["content"],
            row["size"],
            row["changed"],
            row["path"],
            row["problem"],
            _tags(row["labels"], row["scores"], row["probabilities"], row["levels"]),
            row["vector"],
        )
        for row in frame.iter_rows(named=True)
    ]


def vectors_of(frame: pl.DataFrame) -> FloatArray:
    """Return the vectors of rows that all have one, float32 (rows, width)."""
    joined = np.frombuffer(b"".join(frame["vector"].to_list()), np.float16)
    return joined.reshape(len(frame), -1).astype(np.float32)


def tag_columns(chosen: ChosenTags, names: pl.Series) -> list[pl.Series]:
    """Convert tags to the tag columns of a part, one row per image.

    Args:
        chosen: The tags.
        names: The labels.
    """
    count = len(chosen.starts) - 1
    probabilities, levels = chosen.probabilities, np.zeros(len(chosen.labels), np.uint8)
    if chosen.accepted is not None and chosen.suggested is not None:
        levels += _ACCEPTED * chosen.accepted.astype(np.uint8)
        levels += _SUGGESTED * chosen.suggested.astype(np.uint8)
    starts = chosen.starts if probabilities is not None else np.zeros(count + 1, np.int64)
    return [
        _lists("labels", chosen.starts, names.gather(chosen.labels)),
        _lists("scores", chosen.starts, pl.Series(chosen.scores, dtype=pl.Float32)),
        _lists("probabilities", starts, pl.Series(probabilities, dtype=pl.Float64)),
        _lists("levels", chosen.starts, pl.Series(levels, dtype=pl.UInt8)),
    ]


def _lists(name: str, starts: IntArray, values: pl.Series) -> pl.Series:
    """Build a column of lists from all values and the start of each list."""
    joined = pa.LargeListArray.from_arrays(pa.array(starts, pa.int64()), values.to_arrow())
    return pl.Series(name, joined).cast(SCHEMA[name])


def _level(tag: Tag) -> int:
    return _ACCEPTED if tag.accepted else _SUGGESTED if tag.suggested else _OTHER


def _tags(
    labels: list[str], scores: list[float], probabilities: list[float], levels: list[int]
) -> tuple[Tag, ...]:
    if not probabilities:
        return tuple(Tag(label, score) for label, score in zip(labels, scores, strict=True))
    return tuple(
        Tag(label, score, probability, level == _ACCEPTED, level == _SUGGESTED)
        for label, score, probability, level in zip(
            labels, scores, probabilities, levels, strict=True
        )
    )
