"""Normalisation of a picture's colours that a backbone's weights expect."""

from typing import TypeAlias

Normalisation: TypeAlias = tuple[tuple[float, ...], tuple[float, ...]]
"""Mean and standard deviation of the three channels, on a scale of 0 to 1."""

IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_STD = (0.229, 0.224, 0.225)


def channel_normalisation(backbone: str, *, pretrained: bool) -> Normalisation:
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
    if not pretrained:
        return IMAGENET_MEAN, IMAGENET_STD
    import timm  # takes seconds to import, and a tagger on feature vectors never needs it

    published = timm.get_pretrained_cfg(backbone)
    if published is None:
        return IMAGENET_MEAN, IMAGENET_STD
    return tuple(published.mean), tuple(published.std)
