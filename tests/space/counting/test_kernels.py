"""The compiled loops against plain ones, on a part of the images."""

from itertools import combinations, pairwise

import numpy as np

from labelsphere.space.counting import kernels

TAGS = [[3], [0, 1, 4], [], [1, 2], [0, 2, 3, 4]]
STARTS = np.cumsum([0, *map(len, TAGS)])
LABELS = np.array([label for tags in TAGS for label in tags], np.int32)
STEPS = np.arange(20, 20 - len(LABELS), -1, dtype=np.uint32)
PAIRS = [pair for tags in TAGS[1:4] for pair in combinations(tags, 2)]
# Row by row above the diagonal, for 5 labels.
CELLS = {pair: number for number, pair in enumerate(combinations(range(5), 2))}
OFFSETS = np.array([-1, 2, 4, 5, 5]).astype(np.uint32)


def test_a_block_ends_with_its_images_or_its_pairs_but_holds_one() -> None:
    # Pairs of the images: 0, 3, 0, 1, 6.
    for first, images, pairs, expected in [
        (0, 9, 99, (5, 10)),
        (0, 2, 99, (2, 3)),
        (0, 9, 3, (3, 3)),
        (0, 9, 4, (4, 4)),
        (1, 9, 0, (2, 3)),
        (4, 9, 1, (5, 6)),
        (2, 9, 0, (3, 0)),
    ]:
        assert kernels.block_end(STARTS, first, images, pairs) == expected


def test_tags_are_looked_through_image_by_image() -> None:
    assert kernels.tags_ascend(STARTS, LABELS, 0, 5, 5) == (True, True)
    assert kernels.tags_ascend(STARTS, LABELS, 0, 5, 4) == (False, True)
    assert kernels.tags_ascend(STARTS, LABELS, 2, 4, 3) == (True, True)
    for place, label in ((1, 1), (2, 0), (3, 0)):  # twice, or before the one that it follows
        spoilt = LABELS.copy()
        spoilt[place] = label
        assert kernels.tags_ascend(STARTS, spoilt, 0, 5, 5) == (True, False)
        assert kernels.tags_ascend(STARTS, spoilt, 2, 5, 5) == (True, True)
    spoilt = LABELS.copy()
    spoilt[1] = -1
    assert kernels.tags_ascend(STARTS, spoilt, 0, 5, 5)[0] is False


def test_labels_are_tallied() -> None:
    tally = np.ones(5, np.int64)
    kernels.tally_labels(LABELS, 1, 6, tally)
    assert tally.tolist() == [2, 3, 2, 1, 2]


def test_keys_and_smaller_confidences_of_every_pair() -> None:
    keys, smaller = np.zeros(6, np.int64), np.zeros(6, np.uint32)
    kernels.write_keys(STARTS, LABELS, 1, 4, 5, 1, keys)
    kernels.write_smaller(STARTS, STEPS, 1, 4, 1, smaller)
    assert keys.tolist() == [0, *(left * 5 + right for left, right in PAIRS), 0]
    assert smaller.tolist() == [0, 18, 17, 17, 15, 0]


def test_cells_are_dealt_into_buckets_and_added() -> None:
    cells = [CELLS[pair] for pair in PAIRS]
    tally = np.zeros(3, np.int64)
    kernels.tally_buckets(STARTS, LABELS, 1, 4, OFFSETS, np.uint32(2), tally)
    assert tally.tolist() == [sum(cell // 4 == bucket for cell in cells) for bucket in range(3)]
    places = np.cumsum(tally) - tally
    dealt = np.zeros(4, np.uint32)
    kernels.deal_cells(STARTS, LABELS, 1, 4, OFFSETS, np.uint32(2), places.copy(), dealt)
    assert dealt.tolist() == sorted(cells, key=lambda cell: cell // 4)
    weighted = np.zeros(4, np.uint64)
    kernels.deal_weighted_cells(
        STARTS, LABELS, STEPS, 1, 4, OFFSETS, np.uint32(2), places.copy(), weighted
    )
    expected = dict(zip(cells, [18, 17, 17, 15], strict=True))
    assert {int(both) >> 32: int(both) & 0xFFFFFFFF for both in weighted} == expected
    triangle, sums = np.zeros(10, np.uint16), np.zeros(10, np.uint64)
    triangle[dealt[1]] = 65_535
    carries = np.zeros(2, np.uint32)
    assert kernels.add_cells(dealt, 0, 4, triangle, carries) == 1
    assert carries.tolist() == [dealt[1], 0]
    kernels.add_weighted_cells(weighted, 1, 4, sums)
    assert triangle.tolist() == [cells.count(cell) for cell in range(10)]
    del expected[int(weighted[0]) >> 32]
    assert {cell: count for cell, count in enumerate(sums.tolist()) if count} == expected


def test_some_columns_of_a_triangle_become_rows() -> None:
    triangle = np.array([5, 0, 7, 0, 2, 0, 9, 1, 0, 4], np.uint32)
    right, left = np.zeros(5, np.int64), np.zeros(5, np.int64)
    kernels.tally_columns(triangle, 5, 2, 5, right, left)
    # Columns 2 to 4 hold (0, 3), (1, 2), (1, 4), (2, 3) and (3, 4).
    assert right.tolist() == [1, 2, 1, 1, 0]
    assert left.tolist() == [0, 0, 1, 2, 2]
    starts = np.cumsum([0, *(left + right)])
    below, above = starts[:-1].copy(), starts[:-1] + left
    indices, data = np.full(10, -1), np.zeros(10)
    kernels.fill_rows(triangle, 5, 2, 5, above, below, 0.5, indices, data)
    rows = [dict(zip(indices[a:b], data[a:b], strict=True)) for a, b in pairwise(starts)]
    assert rows == [
        {3: 3.5},
        {2: 1, 4: 4.5},
        {1: 1, 3: 0.5},
        {0: 3.5, 2: 0.5, 4: 2},
        {1: 4.5, 3: 2},
    ]
