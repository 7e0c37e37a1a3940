"""Labels to points on a sphere (§3.1): counts, association, spectrum, label space."""

from labelsphere.space.arithmetic import Neighbor
from labelsphere.space.association import Association, associate
from labelsphere.space.cooccurrence import (
    Counts,
    StreamCounts,
    count_cooccurrence,
    count_stream,
)
from labelsphere.space.label_space import LabelSpace
from labelsphere.space.spectrum import Spectrum, leading_eigenpairs

__all__ = [
    "Association",
    "Counts",
    "LabelSpace",
    "Neighbor",
    "Spectrum",
    "StreamCounts",
    "associate",
    "count_cooccurrence",
    "count_stream",
    "leading_eigenpairs",
]
