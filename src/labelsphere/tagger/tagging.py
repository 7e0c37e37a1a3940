"""Tagging any number of picture files, batch by batch, past those that cannot be read."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from labelsphere.errors import DataError, UsageError
from labelsphere.tagger.inputs import ImageInputs, open_pictures
from labelsphere.tagger.inputs.threads import map_ahead
from labelsphere.tagger.tagger import Tag, Tagger

_KEPT_BYTES = 2**30


@dataclass(frozen=True)
class TaggedPicture:
    """A picture and what a tagger says of it.

    Attributes:
        path: The file.
        tags: Its tags, best first; empty if it cannot be read.
        problem: Why it cannot be read; empty if it can.
    """

    path: Path
    tags: list[Tag]
    problem: str = ""


def tag_pictures(
    tagger: Tagger, paths: Sequence[Path], top: int = 10, *, batch_size: int = 64
) -> Iterator[TaggedPicture]:
    """Tag picture files in their order. The next batch is decoded while one is in the network.

    Args:
        tagger: Trained on images.
        paths: The files.
        top: Number of tags; all labels where there are fewer.
        batch_size: Pictures in the network at a time.

    Yields:
        One result a file, those that cannot be read included.

    Raises:
        UsageError: If the tagger was trained on feature vectors, or a number is below 1.
    """
    if tagger.takes_features:
        raise UsageError(
            "this tagger was trained on feature vectors and cannot read pictures; "
            "give it a file of vectors made in the same way"
        )
    if top < 1 or batch_size < 1:
        raise UsageError(f"top and batch size must be 1 or more, but got {top} and {batch_size}")

    def prepare(start: int) -> tuple[ImageInputs, Sequence[Path], list[str]]:
        batch = paths[start : start + batch_size]
        # Kept in memory, so that the check and the network decode each picture once.
        inputs = ImageInputs.from_settings(
            open_pictures(batch), tagger.preparation, memory_limit=_KEPT_BYTES
        )
        usable = inputs.usable().tolist()
        problems = ["" if fine else _problem(inputs, row) for row, fine in enumerate(usable)]
        return inputs, batch, problems

    for inputs, batch, problems in map_ahead(prepare, range(0, len(paths), batch_size), 1):
        rows = np.array([row for row, problem in enumerate(problems) if not problem], np.int64)
        found = iter(tagger.tag_inputs(inputs, top, rows=rows) if len(rows) else [])
        for path, problem in zip(batch, problems, strict=True):
            yield TaggedPicture(path, [] if problem else next(found), problem)


def _problem(inputs: ImageInputs, row: int) -> str:
    try:
        inputs.batch(np.array([row], np.int64), training=False)
    except DataError as error:
        return str(error)
    return "changed while it was read"
