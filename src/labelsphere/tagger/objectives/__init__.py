"""What a network is trained for: one file each, and one line in the table of names."""

from labelsphere.tagger.objectives.asymmetric import Asymmetric
from labelsphere.tagger.objectives.base import Objective
from labelsphere.tagger.objectives.cosine import CosineProximity
from labelsphere.tagger.objectives.devise import Devise
from labelsphere.tagger.objectives.focal import Focal
from labelsphere.tagger.objectives.logistic import Logistic, prior_log_odds
from labelsphere.tagger.objectives.posterior import Posterior
from labelsphere.tagger.objectives.softmax import Softmax
from labelsphere.tagger.objectives.sphere import Sphere

OBJECTIVES: dict[str, type[Objective]] = {
    "cosine": CosineProximity,
    "logistic": Logistic,
    "devise": Devise,
    "posterior": Posterior,
    "sphere": Sphere,
    "softmax": Softmax,
    "focal": Focal,
    "asymmetric": Asymmetric,
}

__all__ = ["OBJECTIVES", "CosineProximity", "Logistic", "Objective", "prior_log_odds"]
