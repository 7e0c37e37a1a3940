"""Reading, hashing and decoding of items."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labelsphere.archive.sources.item import Item
from labelsphere.errors import DataError
from labelsphere.tagger.inputs.decoding import decode_picture


@dataclass(frozen=True)
class Decoded:
    """Result of decoding an item.

    Attributes:
        item: The item.
        content: Hash of its bytes, 32 hexadecimal digits; empty if it cannot be read.
        pixels: Uint8, (size, size, 3); None if its contents are known or cannot be decoded.
        problem: Reason why it cannot be used; empty if it can.
    """

    item: Item
    content: str
    pixels: NDArray[np.uint8] | None = None
    problem: str = ""


def decode_item(
    item: Item, preparation: Mapping[str, Any], known: Callable[[str], bool]
) -> Decoded:
    """Read, hash and decode an item.

    Args:
        item: The item.
        preparation: `Tagger.preparation`, with the side of the square and the fit.
        known: Tells whether contents with this hash are tagged already; they are not decoded.
    """
    try:
        data = item.read()
    except OSError as error:
        reason = error.strerror or str(error)
        problem = f"{item.name} cannot be read ({reason}): replace or remove it"
        return Decoded(item, "", None, problem)
    content = blake2b(data, digest_size=16).hexdigest()
    if known(content):
        return Decoded(item, content)
    try:
        pixels = decode_picture(data, preparation["size"], preparation["fit"], item.name)
    except DataError as error:
        return Decoded(item, content, None, str(error))
    return Decoded(item, content, pixels)
