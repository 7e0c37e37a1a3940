"""What a network is trained for: one file each, and one line in the table of names."""

from labelsphere.errors import UsageError
from labelsphere.tagger.label_context import LabelContext
from labelsphere.tagger.objectives.asymmetric import Asymmetric
from labelsphere.tagger.objectives.base import Objective
from labelsphere.tagger.objectives.classifier import prior_log_odds
from labelsphere.tagger.objectives.cosine import CosineProximity
from labelsphere.tagger.objectives.devise import Devise
from labelsphere.tagger.objectives.focal import Focal
from labelsphere.tagger.objectives.logistic import Logistic
from labelsphere.tagger.objectives.posterior import Posterior
from labelsphere.tagger.objectives.softmax import Softmax
from labelsphere.tagger.objectives.sphere import Sphere

OBJECTIVES: dict[str, type[Objective] | Objective] = {
    "cosine": CosineProximity,
    "logistic": Logistic,
    "devise": Devise,
    "posterior": Posterior,
    "sphere": Sphere,
    "softmax": Softmax,
    "focal": Focal,
    "asymmetric": Asymmetric,
}

"""Objectives by name: classes, or instances made for certain labels."""

_BUILT_IN = frozenset(OBJECTIVES)

__all__ = [
    "OBJECTIVES",
    "CosineProximity",
    "Logistic",
    "Objective",
    "build_objective",
    "objective_name",
    "prior_log_odds",
]


def objective_name(objective: str | type[Objective] | Objective) -> str:
    """The name of an objective; a class or an instance is made known by the name of its class.

    Args:
        objective: A name of `OBJECTIVES`, a subclass of `Objective`, or an instance of one.

    Raises:
        UsageError: If the name of the class is that of a built-in objective.
    """
    if isinstance(objective, str):
        return objective
    name = objective.__name__ if isinstance(objective, type) else type(objective).__name__
    for known, entry in OBJECTIVES.items():
        if entry is objective:
            return known
    if name in _BUILT_IN:
        raise UsageError(f"{name!r} is an objective of Labelsphere; give the class another name")
    # A class that is defined again, as in a notebook, takes the place of the older one.
    OBJECTIVES[name] = objective
    return name


def build_objective(name: str, labels: LabelContext) -> Objective:
    """The objective of a name for some labels.

    Raises:
        UsageError: If there is none, or it needs a label space and there is none.
    """
    if name not in OBJECTIVES:
        raise UsageError(f"objective must be one of {', '.join(OBJECTIVES)}, but got {name!r}")
    entry = OBJECTIVES[name]
    return entry if isinstance(entry, Objective) else entry.build(labels)
