"""Quality of a ranking (§4.2): MAP@100 and other metrics, over rankings and sparse truth.

Definitions are in `METRICS` and, with formulas, in the reference.
"""

from labelsphere.metrics.accepted import ACCEPTED_METRICS, AcceptedTags, measure_accepted
from labelsphere.metrics.bootstrap import centred_interval
from labelsphere.metrics.evaluation import Evaluation, evaluate
from labelsphere.metrics.map_at_100 import MapAt100, map_at_100
from labelsphere.metrics.ranking import Ranking
from labelsphere.metrics.scores import DenseScores, Scores
from labelsphere.metrics.table import METRICS, metric_definitions
from labelsphere.metrics.weights import capped_frequency_weights

__all__ = [
    "ACCEPTED_METRICS",
    "METRICS",
    "AcceptedTags",
    "DenseScores",
    "Evaluation",
    "MapAt100",
    "Ranking",
    "Scores",
    "capped_frequency_weights",
    "centred_interval",
    "evaluate",
    "map_at_100",
    "measure_accepted",
    "metric_definitions",
]
