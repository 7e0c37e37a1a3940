"""Methods side by side on the same data (§4.3, Figure 1)."""

from labelsphere.comparison.compare import Comparison, compare
from labelsphere.comparison.protocols import PROTOCOLS
from labelsphere.comparison.settings import ComparisonSettings

__all__ = ["PROTOCOLS", "Comparison", "ComparisonSettings", "compare"]
