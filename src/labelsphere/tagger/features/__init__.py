"""Features of a frozen backbone: computed once, cached, and joined to a trained head."""

from labelsphere.tagger.features.frozen import feature_cache, frozen_features
from labelsphere.tagger.features.joining import join_backbone

__all__ = ["feature_cache", "frozen_features", "join_backbone"]
