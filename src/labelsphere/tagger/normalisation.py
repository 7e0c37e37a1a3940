"""Normalisation of colours for a backbone's weights."""

from typing import TypeAlias

Normalisation: TypeAlias = tuple[tuple[float, ...], tuple[float, ...]]
"""Mean and standard deviation of the three channels, on a scale of 0 to 1."""

IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_STD = (0.229, 0.224, 0.225)


def channel_normalisation(backbone: str, *, pretrained: bool) -> Normalisation:
    """Return mean and standard deviation of each channel, on a scale of 0 to 1.

    Args:
        backbone: Name of a timm model.
        pretrained: Whether the network starts from pretrained weights, which need the normalisation
            of their own training.

    Returns:
        The values of the backbone's published weights; ImageNet's for random weights, and if timm
        has no published weights.

    Examples:
        >>> channel_normalisation("inception_v3", pretrained=True)[0]
        (0.5, 0.5, 0.5)
    """
    if not pretrained:
        return IMAGENET_MEAN, IMAGENET_STD
    import timm  # takes seconds to import; taggers on feature vectors do not need it

    published = timm.get_pretrained_cfg(backbone)
    if published is None:
        return IMAGENET_MEAN, IMAGENET_STD
    return tuple(published.mean), tuple(published.std)
