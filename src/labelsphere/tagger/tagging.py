"""Tagging of pictures or vectors in batches."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from labelsphere.errors import DataError, UsageError
from labelsphere.tagger.choosing import TagChoice
from labelsphere.tagger.inputs import ImageInputs, Inputs, open_pictures
from labelsphere.tagger.inputs.threads import map_ahead
from labelsphere.tagger.tag import Tagged
from labelsphere.tagger.tagger import Tagger

_KEPT_BYTES = 2**30


def tag_pictures(
    tagger: Tagger, paths: Sequence[Path], choice: TagChoice | None = None, *, batch_size: int = 64
) -> Iterator[Tagged]:
    """Tag picture files in their order. The next batch is decoded while one is in the network.

    Args:
        tagger: A tagger of pictures.
        paths: The files.
        choice: Number and order of the tags; accepted and suggested ones if None.
        batch_size: Pictures per batch.

    Yields:
        One result per file, also for unreadable files.

    Raises:
        UsageError: If the tagger was trained on feature vectors, or a number is below 1.
    """
    if tagger.takes_features:
        raise UsageError(
            "this tagger was trained on feature vectors and cannot read pictures; "
            "give vectors that were computed in the same way"
        )
    _check(batch_size)

    def prepare(start: int) -> tuple[ImageInputs, Sequence[Path], list[str]]:
        batch = paths[start : start + batch_size]
        # Keep the pixels, so that each picture is decoded once for the check and the network.
        inputs = ImageInputs.from_settings(
            open_pictures(batch), tagger.preparation, memory_limit=_KEPT_BYTES
        )
        usable = inputs.usable().tolist()
        return inputs, batch, ["" if u else _problem(inputs, row) for row, u in enumerate(usable)]

    for inputs, batch, problems in map_ahead(prepare, range(0, len(paths), batch_size), 1):
        rows = np.array([row for row, problem in enumerate(problems) if not problem], np.int64)
        found = iter(tagger.tag_inputs(inputs, rows=rows, choice=choice))
        for path, problem in zip(batch, problems, strict=True):
            yield Tagged(path, [] if problem else next(found), problem)


def tag_vectors(
    tagger: Tagger, inputs: Inputs, choice: TagChoice | None = None, *, batch_size: int = 64
) -> Iterator[Tagged]:
    """Tag feature vectors in their order.

    Args:
        tagger: A tagger of feature vectors.
        inputs: Vectors, prepared as in training.
        choice: As in `tag_pictures`.
        batch_size: Vectors per batch.

    Raises:
        UsageError: If a number is below 1.
    """
    _check(batch_size)
    for start in range(0, len(inputs), batch_size):
        rows = np.arange(start, min(start + batch_size, len(inputs)), dtype=np.int64)
        for row, tags in zip(
            rows.tolist(), tagger.tag_inputs(inputs, rows=rows, choice=choice), strict=True
        ):
            yield Tagged(row, tags)


def _check(batch_size: int) -> None:
    if batch_size < 1:
        raise UsageError(f"batch size must be 1 or more, but got {batch_size}")


def _problem(inputs: ImageInputs, row: int) -> str:
    try:
        inputs.batch(np.array([row], np.int64), training=False)
    except DataError as error:
        return str(error)
    return "it was changed during reading"
