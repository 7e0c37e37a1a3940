"""The labels of highest score at each point: exact, or approximate on request."""

from labelsphere.space.nearest.approximate import ApproximateSearch
from labelsphere.space.nearest.exact import ExactSearch
from labelsphere.space.nearest.unit_rows import with_unit_rows

__all__ = ["ApproximateSearch", "ExactSearch", "with_unit_rows"]
