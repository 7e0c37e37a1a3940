import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from labelsphere.comparison.report.line_names import spread


@given(
    st.lists(
        st.tuples(st.floats(0, 1), st.floats(0.01, 0.12)),
        min_size=1,
        max_size=8,
    )
)
def test_boxes_do_not_overlap_and_stay_inside(boxes):
    wanted = sorted(place for place, _ in boxes)
    heights = [height for _, height in boxes]
    places = spread(wanted, heights, 0.0, 1.0)
    edges = np.array([[p - h / 2, p + h / 2] for p, h in zip(places, heights, strict=True)])
    assert edges.min() >= -1e-6
    assert edges.max() <= 1 + 1e-6
    assert (edges[1:, 0] >= edges[:-1, 1] - 1e-6).all()


def test_places_far_apart_stay_where_they_are():
    assert spread([0.2, 0.5, 0.8], [0.1, 0.1, 0.1], 0.0, 1.0) == [0.2, 0.5, 0.8]


def test_equal_places_move_apart_evenly():
    assert spread([0.5, 0.5], [0.2, 0.2], 0.0, 1.0) == [0.4, 0.6]
