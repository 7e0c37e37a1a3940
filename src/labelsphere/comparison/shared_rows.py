"""The same images in the same order for every method: what one cannot use, none is given."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from labelsphere.arrays import BoolArray, IntArray
from labelsphere.comparison.protocols import Protocol
from labelsphere.errors import DataError, UsageError
from labelsphere.tagger.inputs import Inputs, Progress
from labelsphere.tagger.objectives import Objective


def readable(protocol: Protocol, inputs: Inputs, progress: Progress | None = None) -> Protocol:
    """The protocol without the images that cannot be read, counted.

    Args:
        protocol: Which images.
        inputs: One a row of the protocol's tags.
        progress: Told how many images have been looked at.

    Raises:
        UsageError: If inputs and annotated images differ in number.
        DataError: If a set has no image with a tag that can be read.
    """
    tags = protocol.tags
    if len(inputs) != tags.n_images:
        raise UsageError(
            f"there are {len(inputs)} inputs for {tags.n_images} annotated images; "
            "expected one a row of the tag table, in the same order"
        )
    rows = np.concatenate([protocol.train, protocol.val, protocol.test])
    usable = np.zeros(tags.n_images, np.bool_)
    usable[rows] = inputs.usable(rows, progress=progress)
    sets = {
        name: _kept(protocol, name, usable[getattr(protocol, name)], "readable")
        for name in ("train", "val", "test")
    }
    dropped = len(rows) - sum(len(kept) for kept in sets.values())
    return replace(
        protocol,
        train=sets["train"],
        val=sets["val"],
        test=sets["test"],
        dropped={**protocol.dropped, "unreadable": dropped},
    )


def learnable(protocol: Protocol, objectives: Sequence[Objective]) -> Protocol:
    """The protocol without the training images that some method has no target for, counted.

    Raises:
        DataError: If no training image is left.
    """
    matrix = protocol.tags.matrix[protocol.train]
    usable = np.logical_and.reduce([objective.usable(matrix) for objective in objectives])
    kept = _kept(protocol, "train", usable, "usable by every method")
    dropped = len(protocol.train) - len(kept)
    return replace(
        protocol, train=kept, dropped={**protocol.dropped, "without a usable tag": dropped}
    )


def _kept(protocol: Protocol, name: str, usable: BoolArray, what: str) -> IntArray:
    rows: IntArray = getattr(protocol, name)[usable]
    if not protocol.tags.matrix[rows].nnz:
        raise DataError(
            f"the {name} set of {len(usable)} images has none that is {what} and has a tag; "
            "mend the pictures or the tags, or name another split"
        )
    return rows
