"""Labels to points on a sphere (§3.1): counts, association, spectrum, label space."""

from typing import TYPE_CHECKING

from labelsphere.lazy_names import names_from

if TYPE_CHECKING:
    from labelsphere.space.arithmetic import Neighbor
    from labelsphere.space.association import associate
    from labelsphere.space.cooccurrence import StreamCounts, count_cooccurrence, count_stream
    from labelsphere.space.counts import Counts
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

__getattr__ = names_from(
    __name__,
    {
        "Counts": "counts",
        "LabelSpace": "label_space",
        "Neighbor": "arithmetic",
        "StreamCounts": "cooccurrence",
        "associate": "association",
        "count_cooccurrence": "cooccurrence",
        "count_stream": "cooccurrence",
    },
)
