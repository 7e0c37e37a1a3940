"""Tags that an image probably lacks, and tags that fit it badly (§3.3.2)."""

from labelsphere.space.audit.blending import Predictions, blend_weights
from labelsphere.space.audit.correction import corrected
from labelsphere.space.audit.evidence import AbsentEvidence, CountEvidence, Evidence, SpaceEvidence
from labelsphere.space.audit.findings import Audit, Finding, audit_tags
from labelsphere.space.audit.linear import LinearEvidence

__all__ = [
    "AbsentEvidence",
    "Audit",
    "CountEvidence",
    "Evidence",
    "Finding",
    "LinearEvidence",
    "Predictions",
    "SpaceEvidence",
    "audit_tags",
    "blend_weights",
    "corrected",
]
