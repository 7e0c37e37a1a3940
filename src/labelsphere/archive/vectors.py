"""Vectors of items, the inputs of decoders: decoding and the network run in parallel."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import TypeVar

import numpy as np
import torch

from labelsphere.archive.decoding import Decoded, decode_item
from labelsphere.archive.pixels import DecodedPictures
from labelsphere.archive.sources import Item
from labelsphere.tagger import Tagger
from labelsphere.tagger.inputs.threads import map_ahead
from labelsphere.tagger.single_thread import one_thread

PROCESSOR_BATCH = 8
"""Pictures per batch on a CPU: larger batches do not fit into its caches.
EfficientNet-Lite0 at 128 pixels takes 3.3 ms per picture with 8 at a time, and 5.6 ms with 64."""

_AHEAD = 2
_Value = TypeVar("_Value")


@dataclass(frozen=True)
class EncodedItem:
    """Item with its vector, or with the reason why it has none.

    Attributes:
        item: The item.
        content: As `Decoded.content`.
        point: Input of the decoder, float32 (width,), on the CPU; None if the contents are known or
            the item cannot be used.
        problem: Reason why it cannot be used; empty if it can.
    """

    item: Item
    content: str
    point: torch.Tensor | None = None
    problem: str = ""


def encode_items(
    tagger: Tagger,
    items: Iterable[Item],
    known: Callable[[str], bool],
    *,
    batch_size: int,
    workers: int | None = None,
) -> Iterator[list[EncodedItem]]:
    """Read, hash and decode items and run the network on them, in their order.

    On a CPU, each thread decodes a small batch and runs the network on it, so that no core waits
    for another. With a GPU, threads decode ahead of it.

    Args:
        tagger: Tagger of pictures.
        items: The items, drawn by the calling thread.
        known: Tells whether contents with this hash are tagged already; called by the threads.
        batch_size: Largest number of pictures per batch.
        workers: Number of threads; PyTorch's number if None.

    Yields:
        Lists of items with their vectors.
    """
    threads = workers or torch.get_num_threads()
    preparation = dict(tagger.preparation)
    decode = partial(decode_item, preparation=preparation, known=known)
    tagger.decoder()  # Built once, before several threads ask for it.
    if next(tagger.network.parameters()).device.type == "cpu":

        def work(batch: list[Item]) -> list[EncodedItem]:
            torch.set_num_threads(1)
            return _points(tagger, [decode(item) for item in batch])

        batches = batched(items, min(batch_size, PROCESSOR_BATCH))
        with one_thread():
            yield from map_ahead(work, batches, threads)
        return
    decoded = map_ahead(decode, items, threads, ahead=_AHEAD * batch_size)
    for some in batched(decoded, batch_size):
        yield _points(tagger, some)


def batched(values: Iterable[_Value], size: int) -> Iterator[list[_Value]]:
    """Yield lists of a given size; the last may be shorter."""
    waiting = iter(values)
    while batch := list(islice(waiting, size)):
        yield batch


def _points(tagger: Tagger, decoded: list[Decoded]) -> list[EncodedItem]:
    pixels = [one.pixels for one in decoded if one.pixels is not None]
    points: Iterator[torch.Tensor] = iter(())
    if pixels:
        inputs = DecodedPictures(np.stack(pixels), dict(tagger.preparation))
        points = iter(tagger.points(inputs).cpu())
    return [
        EncodedItem(
            one.item, one.content, None if one.pixels is None else next(points), one.problem
        )
        for one in decoded
    ]
