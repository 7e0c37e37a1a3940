"""What published weights expect of a picture's colours."""

import timm
from timm.data.constants import IMAGENET_DEFAULT_MEAN, IMAGENET_DEFAULT_STD


def pretrained_normalisation(backbone: str) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Mean and standard deviation of each channel, on a scale of 0 to 1.

    Args:
        backbone: Name of a timm model.

    Returns:
        Those that the backbone's published weights were trained with; ImageNet's where timm
        knows of no such weights.

    Examples:
        >>> pretrained_normalisation("inception_v3")[0]
        (0.5, 0.5, 0.5)
    """
    published = timm.get_pretrained_cfg(backbone)
    if published is None:
        return IMAGENET_DEFAULT_MEAN, IMAGENET_DEFAULT_STD
    return tuple(published.mean), tuple(published.std)
