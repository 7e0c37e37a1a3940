"""Names that do not cover each other."""

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from labelsphere.space.map import Box, place_names

WITHIN = Box(0, 0, 50, 50)
SIDES = st.integers(-5, 50)
BOXES = st.builds(
    lambda x, y, w, h: Box(x, y, x + w, y + h),
    SIDES, SIDES, st.integers(1, 20), st.integers(1, 20),
)  # fmt: skip


def cells(box: Box) -> set[tuple[int, int]]:
    """The unit squares that a box covers."""
    across, up = range(int(box.left), int(box.right)), range(int(box.bottom), int(box.top))
    return {(x, y) for x in across for y in up}


@given(st.lists(BOXES, max_size=12), st.integers(0, 12))
def test_as_many_as_fit_in_order(boxes: list[Box], most: int) -> None:
    taken = place_names(boxes, WITHIN, most)
    assert len(taken) <= most
    assert taken == sorted(taken)
    for one, other in combinations(taken, 2):
        assert not cells(boxes[one]) & cells(boxes[other])
    inside = [cells(box) <= cells(WITHIN) for box in boxes]
    assert all(inside[number] for number in taken)
    if len(taken) < most:
        for number, box in enumerate(boxes):
            before = [boxes[t] for t in taken if t < number]
            if number not in taken and inside[number]:
                assert any(cells(box) & cells(other) for other in before)
