"""The small network for feature vectors, and a backbone with such a network behind it."""

import torch
from torch import Tensor, nn

from labelsphere.arrays import DoubleArray


class FeatureNetwork(nn.Module):
    """A perceptron in place of a backbone, with the methods of a timm model.

    Args:
        width: Length of a feature vector.
        outputs: Number of outputs.
        hidden: Width of the hidden layers.
        layers: Number of hidden layers.
        drop_rate: Share of hidden values dropped while training; a half, without which heads on
            features overfit.
    """

    def __init__(
        self, width: int, outputs: int, hidden: int = 2048, layers: int = 1, drop_rate: float = 0.5
    ) -> None:
        super().__init__()
        stages: list[nn.Module] = []
        for number in range(layers):
            stages += [nn.Linear(hidden if number else width, hidden), nn.BatchNorm1d(hidden)]
            stages += [nn.ReLU(), nn.Dropout(drop_rate)]
        self.trunk = nn.Sequential(*stages)
        self.head = nn.Linear(hidden if layers else width, outputs)

    def forward_features(self, features: Tensor) -> Tensor:
        """Hidden values, (rows, hidden)."""
        hidden: Tensor = self.trunk(features)
        return hidden

    def forward_head(self, hidden: Tensor, pre_logits: bool = False) -> Tensor:
        """What the head makes of the hidden values, or the hidden values as they are."""
        if pre_logits:
            return hidden
        outputs: Tensor = self.head(hidden)
        return outputs

    def forward(self, features: Tensor) -> Tensor:
        """Outputs of the head, (rows, outputs)."""
        return self.forward_head(self.forward_features(features))

    def get_classifier(self) -> nn.Module:
        """The head."""
        return self.head


def pooled_features(backbone: nn.Module, pictures: Tensor) -> Tensor:
    """What enters the head of a timm model, (rows, features)."""
    values = backbone.forward_features(pictures)  # type: ignore[operator] # timm's
    features: Tensor = backbone.forward_head(values, pre_logits=True)  # type: ignore[operator] # timm's
    return features


class JoinedNetwork(nn.Module):
    """A backbone whose features, brought to one scale, enter a `FeatureNetwork`.

    What a head trained on the features of a frozen backbone becomes: one network that takes
    pictures, with the methods of a timm model. Out of training, the backbone computes in float32
    even within autocast.

    Args:
        backbone: A timm model. Its own head is removed.
        head: Network on the backbone's features.
    """

    mean: Tensor
    scale: Tensor

    def __init__(self, backbone: nn.Module, head: FeatureNetwork) -> None:
        super().__init__()
        width = backbone.get_classifier().in_features  # type: ignore[operator] # timm's
        backbone.reset_classifier(0)  # type: ignore[operator] # timm's
        self.backbone = backbone
        self.head_network = head
        self.register_buffer("mean", torch.zeros(width))
        self.register_buffer("scale", torch.ones(width))

    def standardise(self, mean: DoubleArray, scale: DoubleArray) -> None:
        """Set the mean and the scale by which features are standardised.

        Args:
            mean: (width,).
            scale: (width,), above 0.
        """
        self.mean.copy_(torch.from_numpy(mean))
        self.scale.copy_(torch.from_numpy(scale))

    def forward_features(self, pictures: Tensor) -> Tensor:
        """Hidden values of the head's network, (rows, hidden)."""
        # The head was trained on float32 features: bfloat16 ones differ by some percent, and the
        # scale may divide by small numbers. While it is trained further, they may.
        kind = pictures.device.type
        reduced = self.training and torch.is_autocast_enabled(kind)
        with torch.autocast(kind, enabled=reduced):
            features = pooled_features(self.backbone, pictures).float()
        hidden: Tensor = self.head_network.forward_features((features - self.mean) / self.scale)
        return hidden

    def forward_head(self, hidden: Tensor, pre_logits: bool = False) -> Tensor:
        """What the head makes of the hidden values, or the hidden values as they are."""
        return self.head_network.forward_head(hidden, pre_logits)

    def forward(self, pictures: Tensor) -> Tensor:
        """Outputs of the head, (rows, outputs)."""
        return self.forward_head(self.forward_features(pictures))

    def get_classifier(self) -> nn.Module:
        """The head."""
        return self.head_network.get_classifier()
