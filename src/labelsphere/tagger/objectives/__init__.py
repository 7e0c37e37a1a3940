"""What a network is trained for: one file each, and one line in the table of names."""

from labelsphere.tagger.objectives.base import Objective
from labelsphere.tagger.objectives.cosine import CosineProximity
from labelsphere.tagger.objectives.devise import Devise
from labelsphere.tagger.objectives.logistic import Logistic, prior_log_odds

OBJECTIVES: dict[str, type[Objective]] = {
    "cosine": CosineProximity,
    "logistic": Logistic,
    "devise": Devise,
}

__all__ = ["OBJECTIVES", "CosineProximity", "Logistic", "Objective", "prior_log_odds"]
