"""What a backbone's weights expect of a picture's colours."""

import timm
from timm.data.constants import IMAGENET_DEFAULT_MEAN, IMAGENET_DEFAULT_STD


def channel_normalisation(
    backbone: str, *, pretrained: bool
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Mean and standard deviation of each channel, on a scale of 0 to 1.

    Args:
        backbone: Name of a timm model.
        pretrained: Whether the network begins with trained weights, which are used to the values
            of their own training.

    Returns:
        Those of the backbone's published weights; ImageNet's for a network that begins with
        chance, and where timm knows of no published weights.

    Examples:
        >>> channel_normalisation("inception_v3", pretrained=True)[0]
        (0.5, 0.5, 0.5)
    """
    published = timm.get_pretrained_cfg(backbone) if pretrained else None
    if published is None:
        return IMAGENET_DEFAULT_MEAN, IMAGENET_DEFAULT_STD
    return tuple(published.mean), tuple(published.std)
