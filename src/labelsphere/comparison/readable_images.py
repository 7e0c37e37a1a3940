"""Images that can be read and have a tag: the same for every method."""

from dataclasses import replace

import numpy as np

from labelsphere.arrays import BoolArray, IntArray
from labelsphere.comparison.protocols import Protocol
from labelsphere.errors import DataError, UsageError
from labelsphere.tagger.inputs import Inputs, Progress


def usable_images(protocol: Protocol, inputs: Inputs, progress: Progress | None = None) -> Protocol:
    """The protocol without what no method can use, counted.

    Images that only some methods have a target for stay, so that neither the order of the images
    nor their number depends on which methods are compared.

    Args:
        protocol: Which images.
        inputs: One a row of the protocol's tags.
        progress: Called with the number of images read.

    Returns:
        Sets without images that cannot be read; the training set without images that have no tag.

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
    read = np.zeros(tags.n_images, np.bool_)
    read[rows] = inputs.usable(rows, progress=progress)
    tagged = np.diff(tags.matrix.indptr) > 0
    taught = np.diff(protocol.learned.indptr) > 0
    return replace(
        protocol,
        train=_kept("train", protocol, protocol.train, read & taught, taught),
        val=_kept("val", protocol, protocol.val, read, tagged),
        test=_kept("test", protocol, protocol.test, read, tagged),
        dropped={
            **protocol.dropped,
            "unreadable": int(np.count_nonzero(~read[rows])),
            "for training, without a tag": int(np.count_nonzero((read & ~taught)[protocol.train])),
        },
    )


def _kept(
    name: str, protocol: Protocol, rows: IntArray, usable: BoolArray, tagged: BoolArray
) -> IntArray:
    kept = rows[usable[rows]]
    if not tagged[kept].any():
        pictures = protocol.tags.pictures
        lost = rows[~usable[rows] & tagged[rows]]
        example = f" ({pictures.name(int(lost[0]))} cannot)" if pictures and len(lost) else ""
        raise DataError(
            f"the {name} set of {len(rows)} images has none that can be read{example} and has a "
            "tag; mend the pictures or the tags, or name another split"
        )
    return kept
