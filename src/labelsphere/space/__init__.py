"""Labels to points on a sphere (§3.1): counts, association, spectrum, label space."""

from labelsphere.space.arithmetic import Neighbor
from labelsphere.space.association import associate
from labelsphere.space.cooccurrence import (
    Counts,
    StreamCounts,
    count_cooccurrence,
    count_stream,
)
from labelsphere.space.label_space import LabelSpace

__all__ = [
    "Counts",
    "LabelSpace",
    "Neighbor",
    "StreamCounts",
    "associate",
    "count_cooccurrence",
    "count_stream",
]
