"""Blocks of rows: small enough, sorted, each tag once, nothing lost."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import coo_array, csr_array

from labelsphere.errors import DataError
from labelsphere.space.counting import tag_block as module
from labelsphere.space.counting.tag_block import tag_blocks


@given(
    st.lists(st.lists(st.tuples(st.integers(0, 6), st.floats(0, 1, width=16)), max_size=9)),
    st.integers(1, 4),
    st.integers(0, 20),
    st.integers(0, 3),
)
def test_blocks_hold_all_tags_in_order_and_few_pairs(
    rows: list[list[tuple[int, float]]], images: int, pairs: int, threads: int
) -> None:
    values = [value for row in rows for _, value in row]
    labels = [label for row in rows for label, _ in row]
    ends = np.cumsum([0, *(len(row) for row in rows)])
    # Tags in any order, some twice and some zero, as CSR allows it.
    matrix = csr_array((np.array(values, np.float32), labels, ends), shape=(len(rows), 7))
    seen: list[dict[int, int]] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_IMAGES_AT_ONCE", images)
        patch.setattr(module, "_PAIRS_AT_ONCE", pairs)
        for block in tag_blocks(matrix, weighted=True, threads=threads):
            assert 1 <= block.n_images <= images
            assert block.pairs <= pairs or block.n_images == 1
            counted = 0
            assert block.steps is not None
            for start, stop in zip(block.starts, block.starts[1:], strict=False):
                here = block.labels[start:stop].tolist()
                assert here == sorted(set(here))
                seen.append(dict(zip(here, block.steps[start:stop].tolist(), strict=True)))
                counted += len(here) * (len(here) - 1) // 2
            assert counted == block.pairs
    expected = [
        {
            label: max(1, round(max(v for name, v in row if name == label) * 2**20))
            for label, value in row
            if max(v for name, v in row if name == label) > 0
        }
        for row in rows
    ]
    assert seen == expected


@pytest.mark.parametrize("threads", [0, 1, 3])
def test_values_that_are_no_confidences_are_refused(threads: int) -> None:
    for value in (-1.0, np.nan, np.inf):
        for row in ([value, 0.5], [0.5, value]):
            with pytest.raises(DataError, match="0 or above"):
                list(tag_blocks(csr_array(np.array([row])), weighted=False, threads=threads))
    with pytest.raises(DataError, match="0 to 1, but got 2"):
        list(tag_blocks(csr_array(np.array([[2.0]])), weighted=True, threads=threads))
    blocks = tag_blocks(csr_array([[2.0]]), weighted=False, threads=threads)
    assert [block.n_images for block in blocks] == [1]


@pytest.mark.parametrize("threads", [0, 1, 3])
@pytest.mark.parametrize("label", [-1, 3, 5])
def test_labels_outside_the_vocabulary_are_refused_before_they_are_counted(
    label: int, threads: int
) -> None:
    rows = csr_array((1, 3))
    rows.indices, rows.data = np.array([label], np.int32), np.array([1.0])
    rows.indptr = np.array([0, 1], np.int32)
    with pytest.raises(DataError, match="outside the 3"):
        list(tag_blocks(rows, weighted=False, threads=threads))


def test_what_is_no_csr_array_is_refused() -> None:
    with pytest.raises(DataError, match="CSR array, but got coo_array"):
        list(tag_blocks(coo_array((1, 1)), weighted=False))
