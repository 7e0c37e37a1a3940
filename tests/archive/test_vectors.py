"""Items through decoding and the network, in threads: the same as one by one, in their order."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch

from labelsphere.archive.sources import Item, items_of
from labelsphere.archive.vectors import batched, encode_items
from labelsphere.tagger import Tagger


@pytest.mark.parametrize("workers", [1, 3])
@pytest.mark.parametrize("batch", [1, 3, 64])
def test_points_are_those_of_pictures_one_by_one(
    tagger: Tagger, photos: Path, batch: int, workers: int
) -> None:
    items = list(items_of([photos], lambda _: None))
    found = [
        one
        for some in encode_items(tagger, items, lambda _: False, batch_size=batch, workers=workers)
        for one in some
    ]
    assert [one.item.name for one in found] == [item.name for item in items]
    for one in found:
        if one.problem:
            assert Path(one.item.name).name == "cut.png"
            assert one.point is None
        else:
            assert one.point is not None
            expected = tagger.points(tagger.prepare([one.item.name]))[0]
            np.testing.assert_allclose(one.point, expected, atol=1e-5)


def test_known_contents_are_not_decoded(tagger: Tagger, photos: Path) -> None:
    items = list(items_of([photos], lambda _: None))
    found = encode_items(tagger, items, lambda _: True, batch_size=4)
    assert all(one.point is None and not one.problem for some in found for one in some)


def test_pytorch_has_its_threads_back(tagger: Tagger, photos: Path) -> None:
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        list(
            encode_items(tagger, items_of([photos], lambda _: None), lambda _: False, batch_size=4)
        )
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)


def test_items_are_drawn_as_room_allows(tagger: Tagger, photos: Path) -> None:
    drawn: list[Item] = []

    def items() -> Iterator[Item]:
        for item in items_of([photos], lambda _: None):
            drawn.append(item)
            yield item

    some = encode_items(tagger, items(), lambda _: False, batch_size=1, workers=1)
    next(some)
    assert len(drawn) < 8
    some.close()


def test_lists_of_a_size() -> None:
    assert list(batched(range(5), 2)) == [[0, 1], [2, 3], [4]]
    assert list(batched([], 2)) == []
