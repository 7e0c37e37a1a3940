"""Loops over pairs of labels, compiled when they are first called and kept on disk.

Importing this module imports Numba; only large counts do. Every kernel gives up the interpreter's
lock, so that plain threads run them side by side; none of them writes where another one does.
"""

import numpy as np
from numba import njit

from labelsphere.arrays import AnyArray


@njit(nogil=True, cache=True)
def block_end(starts: AnyArray, first: int, most_images: int, most_pairs: int) -> tuple[int, int]:
    """The image after the last of a block that begins with one, and the block's pairs."""
    image, pairs = first, 0
    while image < min(len(starts) - 1, first + most_images):
        length = int(starts[image + 1] - starts[image])
        more = length * (length - 1) // 2
        if image > first and pairs + more > most_pairs:
            break
        pairs += more
        image += 1
    return image, pairs


@njit(nogil=True, cache=True)
def tags_ascend(
    starts: AnyArray, labels: AnyArray, first: int, last: int, n_labels: int
) -> tuple[bool, bool]:
    """Whether all labels of some images exist, and whether they ascend in each image."""
    inside, ascending = True, True
    for image in range(first, last):
        before = np.int64(-1)
        for p in range(starts[image], starts[image + 1]):
            label = np.int64(labels[p])
            inside = inside and bool(0 <= label < n_labels)
            ascending = ascending and bool(label > before)
            before = label
    return inside, ascending


@njit(nogil=True, cache=True)
def tally_labels(labels: AnyArray, first: int, last: int, tally: AnyArray) -> None:
    """Count some tags by label."""
    for place in range(first, last):
        tally[labels[place]] += 1


@njit(nogil=True, cache=True)
def write_keys(
    starts: AnyArray,
    labels: AnyArray,
    first: int,
    last: int,
    n_labels: int,
    place: int,
    keys: AnyArray,
) -> None:
    """Write ``left * n_labels + right`` of each pair of some images, from ``place`` on."""
    for image in range(first, last):
        end = starts[image + 1]
        for p in range(starts[image], end):
            left = np.int64(labels[p]) * n_labels
            for q in range(p + 1, end):
                keys[place] = left + labels[q]
                place += 1


@njit(nogil=True, cache=True)
def write_smaller(
    starts: AnyArray,
    steps: AnyArray,
    first: int,
    last: int,
    place: int,
    smaller: AnyArray,
) -> None:
    """Write the smaller confidence of each pair, in the order of `write_keys`."""
    for image in range(first, last):
        end = starts[image + 1]
        for p in range(starts[image], end):
            for q in range(p + 1, end):
                smaller[place] = min(steps[p], steps[q])
                place += 1


@njit(nogil=True, cache=True)
def tally_buckets(
    starts: AnyArray,
    labels: AnyArray,
    first: int,
    last: int,
    offsets: AnyArray,
    shift: np.uint32,
    tally: AnyArray,
) -> None:
    """Count the pairs of some images by the bucket that their cell of the triangle is in.

    A tag's pairs mostly lie in one bucket, which is then looked up once: an addition that waits
    for the one before it takes several times as long.
    """
    for image in range(first, last):
        end = starts[image + 1]
        for p in range(starts[image], end - 1):
            offset = offsets[labels[p]]
            low = np.uint32(offset + np.uint32(labels[p + 1])) >> shift
            high = np.uint32(offset + np.uint32(labels[end - 1])) >> shift
            if low == high:
                tally[low] += end - 1 - p
                continue
            for q in range(p + 1, end):
                tally[np.uint32(offset + np.uint32(labels[q])) >> shift] += 1


@njit(nogil=True, cache=True)
def deal_cells(
    starts: AnyArray,
    labels: AnyArray,
    first: int,
    last: int,
    offsets: AnyArray,
    shift: np.uint32,
    places: AnyArray,
    dealt: AnyArray,
) -> None:
    """Write the cell of each pair into its bucket's part of ``dealt``.

    Places are unsigned: of signed ones each would be looked at for whether it counts from the end,
    which was slower when either was timed.
    """
    one = np.uint64(1)
    for image in range(first, last):
        if starts[image + 1] - starts[image] < 2:
            continue
        end = np.uint64(starts[image + 1])
        for p in range(np.uint64(starts[image]), end - one):
            offset = offsets[labels[p]]
            low = np.uint32(offset + np.uint32(labels[p + one])) >> shift
            high = np.uint32(offset + np.uint32(labels[end - one])) >> shift
            if low == high:
                place = np.uint64(places[low])
                for q in range(p + one, end):
                    dealt[place] = np.uint32(offset + np.uint32(labels[q]))
                    place += one
                places[low] = place
                continue
            for q in range(p + one, end):
                cell = np.uint32(offset + np.uint32(labels[q]))
                bucket = cell >> shift
                place = np.uint64(places[bucket])
                dealt[place] = cell
                places[bucket] = place + one


@njit(nogil=True, cache=True)
def deal_weighted_cells(
    starts: AnyArray,
    labels: AnyArray,
    steps: AnyArray,
    first: int,
    last: int,
    offsets: AnyArray,
    shift: np.uint32,
    places: AnyArray,
    dealt: AnyArray,
) -> None:
    """The same, the cell in the upper and the smaller confidence in the lower half of 64 bits."""
    for image in range(first, last):
        end = starts[image + 1]
        for p in range(starts[image], end):
            offset = offsets[labels[p]]
            for q in range(p + 1, end):
                cell = np.uint32(offset + np.uint32(labels[q]))
                bucket = cell >> shift
                place = places[bucket]
                smaller = np.uint64(min(steps[p], steps[q]))
                dealt[place] = (np.uint64(cell) << np.uint64(32)) | smaller
                places[bucket] = place + 1


@njit(nogil=True, cache=True)
def add_cells(dealt: AnyArray, first: int, last: int, triangle: AnyArray, carries: AnyArray) -> int:
    """Add 1 to the triangle for each cell that was dealt; how many carries there were.

    A cell of 16 bits that is full goes on from 1, so that what was counted is never 0, and its
    number is written to ``carries``: it stands for 65,535 more.
    """
    carried = 0
    for place in range(first, last):
        cell = dealt[place]
        count = triangle[cell]
        if count == np.uint16(65535):
            carries[carried] = cell
            carried += 1
            count = np.uint16(0)
        triangle[cell] = count + np.uint16(1)
    return carried


@njit(nogil=True, cache=True)
def add_weighted_cells(dealt: AnyArray, first: int, last: int, triangle: AnyArray) -> None:
    """Add the confidence to the triangle for each cell that was dealt."""
    for place in range(first, last):
        both = dealt[place]
        triangle[both >> np.uint64(32)] += both & np.uint64(0xFFFFFFFF)


@njit(nogil=True, cache=True)
def tally_columns(
    triangle: AnyArray, n_labels: int, first: int, last: int, right: AnyArray, left: AnyArray
) -> None:
    """Count what is filled in some columns: ``right`` by row, ``left`` by column."""
    start = np.int64(-1)
    for row in range(n_labels - 1):
        filled = 0
        for column in range(max(first, row + 1), last):
            there = 1 if triangle[start + column] != 0 else 0
            filled += there
            left[column] += there
        right[row] = filled
        start += n_labels - row - 2


@njit(nogil=True, cache=True)
def fill_rows(
    triangle: AnyArray,
    n_labels: int,
    first: int,
    last: int,
    right: AnyArray,
    left: AnyArray,
    step: float,
    indices: AnyArray,
    data: AnyArray,
) -> None:
    """Write some columns of the triangle, and their mirror image, into CSR arrays.

    Args:
        triangle: Cells above the diagonal, row by row.
        n_labels: Rows of the triangle.
        first: First column.
        last: Column after the last.
        right: Where the next entry right of the diagonal goes, by row; moved on.
        left: Where the next entry left of the diagonal goes, by row of the mirror; moved on.
        step: What a cell's number is multiplied by.
        indices: Columns of the CSR.
        data: Values of the CSR.
    """
    start = np.int64(-1)
    for row in range(n_labels - 1):
        place = right[row]
        for column in range(max(first, row + 1), last):
            number = triangle[start + column]
            if number != 0:
                value = number * step
                indices[place] = column
                data[place] = value
                place += 1
                mirrored = left[column]
                indices[mirrored] = row
                data[mirrored] = value
                left[column] = mirrored + 1
        start += n_labels - row - 2
