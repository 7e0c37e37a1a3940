"""Joining of a frozen backbone and a head trained on its features."""

from collections.abc import Mapping
from copy import copy, deepcopy
from dataclasses import replace
from typing import Any, TypeVar

import numpy as np
import torch

from labelsphere.errors import UsageError
from labelsphere.tagger.feature_network import FeatureNetwork, JoinedNetwork
from labelsphere.tagger.features.backbone import frozen_backbone
from labelsphere.tagger.inputs import FeatureInputs, shape_only
from labelsphere.tagger.model import TaggerModel
from labelsphere.tagger.network import head_of
from labelsphere.tagger.pretrained import PretrainedWeights

_Tagger = TypeVar("_Tagger", bound=TaggerModel)


def join_backbone(
    tagger: _Tagger,
    weights: PretrainedWeights,
    preparation: Mapping[str, Any],
    options: Mapping[str, Any] | None = None,
) -> _Tagger:
    """Join a backbone and a tagger trained on its features to one tagger of pictures.

    The standardisation of the features and the trained layers become layers of the network. Labels,
    decoder and calibration are unchanged: a picture gets the scores of its features.

    Args:
        tagger: Tagger trained on features from `frozen_features`. It is not changed.
        weights: Weights given to `frozen_features`.
        preparation: `ImageInputs.settings` of the inputs given to `frozen_features`.
        options: Options given to `frozen_features`.

    Returns:
        A tagger of pictures.

    Raises:
        UsageError: If the tagger does not take feature vectors of the backbone's width.
        DataError: If the weights cannot be downloaded or read.
    """
    small = tagger.network
    if not isinstance(small, FeatureNetwork):
        raise UsageError(
            "a tagger on feature vectors is needed, but got one on "
            f"{tagger.architecture.backbone!r}"
        )
    shape = shape_only(preparation).sample_shape
    backbone = frozen_backbone(weights, shape, options)
    width = head_of(backbone).in_features
    if tagger.sample_shape != (width,):
        raise UsageError(
            f"the tagger takes vectors of width {tagger.sample_shape[0]}, but "
            f"{weights.backbone!r} gives {width}; give the weights that it was trained on"
        )
    network = JoinedNetwork(backbone, deepcopy(small))
    standardisation = FeatureInputs.from_settings(np.zeros((0, width)), tagger.preparation)
    network.standardise(standardisation.mean, standardisation.scale)
    network.to(memory_format=torch.channels_last).to(head_of(small).weight.device)
    # A copy keeps vocabulary, decoder, calibration and everything else about the labels.
    joined = copy(tagger)
    joined.architecture = replace(
        tagger.architecture,
        backbone=weights.backbone,
        options=options,
        feature_network=dict(tagger.architecture.options or {}),
    )
    joined.preparation = dict(preparation)
    joined.sample_shape = shape
    joined.network = network.requires_grad_(True).eval()
    return joined
