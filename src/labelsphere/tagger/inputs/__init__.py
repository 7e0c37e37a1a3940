"""Inputs of a network: images or feature vectors, in batches in a repeatable order."""

from typing import TYPE_CHECKING

from labelsphere.lazy_names import names_from

if TYPE_CHECKING:
    from labelsphere.tagger.inputs.features import FeatureInputs, read_features
    from labelsphere.tagger.inputs.images import ImageInputs
    from labelsphere.tagger.inputs.loading import evaluation_batches, load_batches
    from labelsphere.tagger.inputs.order import EpochOrder
    from labelsphere.tagger.inputs.protocol import Inputs, Progress
    from labelsphere.tagger.inputs.sources import open_pictures, shape_only

__all__ = [
    "EpochOrder",
    "FeatureInputs",
    "ImageInputs",
    "Inputs",
    "Progress",
    "evaluation_batches",
    "load_batches",
    "open_pictures",
    "read_features",
    "shape_only",
]

__getattr__ = names_from(
    __name__,
    {
        "EpochOrder": "order",
        "FeatureInputs": "features",
        "ImageInputs": "images",
        "Inputs": "protocol",
        "Progress": "protocol",
        "evaluation_batches": "loading",
        "load_batches": "loading",
        "open_pictures": "sources",
        "read_features": "features",
        "shape_only": "sources",
    },
)
