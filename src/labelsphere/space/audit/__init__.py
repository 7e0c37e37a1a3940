"""Tags that an image probably lacks, and tags that fit it badly (§3.3.2)."""

from labelsphere.space.audit.blending import Predictions, blend_weights
from labelsphere.space.audit.correction import corrected
from labelsphere.space.audit.evidence import CountEvidence, Evidence, SpaceEvidence
from labelsphere.space.audit.findings import Audit, Finding, audit_tags

__all__ = [
    "Audit",
    "CountEvidence",
    "Evidence",
    "Finding",
    "Predictions",
    "SpaceEvidence",
    "audit_tags",
    "blend_weights",
    "corrected",
]
