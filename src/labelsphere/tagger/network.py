"""Networks (§4.3.1): a timm backbone, or a small network for feature vectors, and a head."""

import difflib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from labelsphere.errors import DataError, UsageError
from labelsphere.tagger.feature_network import FeatureNetwork, JoinedNetwork, pooled_features

# timm's models have forward_features, forward_head, get_classifier and reset_classifier, but no
# common type with these methods: hence the ignored types below. timm is imported only where it is
# used, because its import takes seconds and taggers on feature vectors do not need it.

FEATURE_BACKBONE = "mlp"
"""Name of the network for precomputed feature vectors."""

_MOST_UNKNOWN = 0.1
"""Largest share of a checkpoint's tensors that the network lacks, such as an auxiliary tower."""


def build_network(
    backbone: str,
    outputs: int,
    sample_shape: tuple[int, ...],
    *,
    options: Mapping[str, Any] | None = None,
    pretrained: bool | str | Path = False,
    feature_network: Mapping[str, Any] | None = None,
) -> nn.Module:
    """Build a network with a linear head of a given width.

    For equal seeds, the backbone's initial weights are equal, whatever the width of the head.

    Args:
        backbone: Name of a timm model, or ``"mlp"`` for feature vectors.
        outputs: Width of the head: the label space's dimensions, or the number of labels.
        sample_shape: Shape of one input: (3, height, width), or (features,).
        options: Additional arguments of the timm model, e.g. ``{"drop_path_rate": 0.1}``.
        pretrained: True for timm's own weights (downloaded from the Hugging Face Hub), or the path
            of a checkpoint (``.safetensors``, or ``.pth`` read without unpickling objects). A head
            of another width is not loaded.
        feature_network: Arguments of a `FeatureNetwork` between the backbone's features and the
            head; None for a linear head only.

    Returns:
        The network, in float32.

    Raises:
        UsageError: If the backbone is unknown, does not accept inputs of this shape or these
            options, or has no linear head.
        DataError: If the weights cannot be downloaded or read, or belong to another backbone.
    """
    options = dict(options or {})
    if (backbone == FEATURE_BACKBONE) != (len(sample_shape) == 1):
        raise UsageError(
            f"backbone {backbone!r} does not accept inputs of shape {sample_shape}; "
            f"use a timm model for images and {FEATURE_BACKBONE!r} for feature vectors"
        )
    if backbone == FEATURE_BACKBONE:
        try:
            return FeatureNetwork(sample_shape[0], outputs, **options)
        except TypeError as error:
            raise _wrong_options(backbone, options, error) from error
    network = _timm_network(backbone, outputs, sample_shape, options, pretrained is True)
    if not isinstance(pretrained, bool):
        load_backbone(network, Path(pretrained), backbone)
    _check_network(network, backbone, outputs, sample_shape)
    if feature_network is not None:
        width = head_of(network).in_features
        try:
            head = FeatureNetwork(width, outputs, **feature_network)
        except TypeError as error:
            raise _wrong_options(FEATURE_BACKBONE, feature_network, error) from error
        network = JoinedNetwork(network, head)
    return network.to(memory_format=torch.channels_last)


def load_backbone(network: nn.Module, path: Path, backbone: str) -> None:
    """Load a checkpoint's weights into a network; the head may have another width.

    Args:
        network: The network.
        path: The checkpoint.
        backbone: The network's name. A checkpoint of another backbone is refused even if its
            tensors fit, because its layers may use another padding.

    Raises:
        DataError: If the file is missing or damaged, belongs to another backbone, lacks weights of
            the backbone, or has many that the backbone lacks.
    """
    import timm

    try:
        weights = timm.models.load_state_dict(str(path), weights_only=True)
    except Exception as error:
        raise DataError(f"{path} cannot be read as a checkpoint: {_first_line(error)}") from error
    named = _named_backbone(path)
    if named is not None and named != backbone:
        raise DataError(
            f"{path} holds weights of {named!r}, but the backbone is {backbone!r}; expected a "
            "checkpoint of the same backbone"
        )
    own = network.state_dict()
    fitting = {k: v for k, v in weights.items() if k in own and own[k].shape == v.shape}
    head = {id(parameter) for parameter in head_of(network).parameters()}
    needed = [name for name, p in network.named_parameters() if id(p) not in head]
    lacking = sum(name not in fitting for name in needed)
    unknown = sum(name not in own for name in weights)
    if lacking or unknown > _MOST_UNKNOWN * len(weights):
        raise DataError(
            f"{path} lacks {lacking} of the {len(needed)} weights of this backbone and has "
            f"{unknown} others; expected a checkpoint of the same backbone"
        )
    network.load_state_dict(fitting, strict=False)


def _named_backbone(path: Path) -> str | None:
    """Return the backbone in a checkpoint's metadata, or None."""
    from safetensors import safe_open

    if path.suffix != ".safetensors":
        return None
    with safe_open(path, framework="pt") as file:
        return (file.metadata() or {}).get("backbone")


def head_of(network: nn.Module) -> nn.Linear:
    """Return the linear head of a network, from features to points."""
    head: nn.Linear = network.get_classifier()  # type: ignore[operator] # timm's
    return head


def features_of(network: nn.Module, batch: Tensor) -> Tensor:
    """Compute the inputs of the head, (rows, features)."""
    return pooled_features(network, batch)


def count_parameters(module: nn.Module) -> int:
    """Count the trainable parameters."""
    return sum(parameter.numel() for parameter in module.parameters() if parameter.requires_grad)


def _timm_network(
    backbone: str,
    outputs: int,
    sample_shape: tuple[int, ...],
    options: Mapping[str, Any],
    pretrained: bool,
) -> nn.Module:
    import timm

    if not timm.is_model(backbone):
        near = difflib.get_close_matches(backbone, timm.list_models(), n=3, cutoff=0.5)
        hint = f"; did you mean {', '.join(near)}?" if near else "; see timm.list_models()"
        raise UsageError(f"timm has no backbone {backbone!r}{hint}")
    try:
        network: nn.Module = timm.create_model(
            backbone,
            pretrained=pretrained,
            num_classes=1,
            in_chans=sample_shape[0],
            **{"drop_rate": 0.0, **options},
        )
    except (OSError, RuntimeError, TypeError, ValueError) as error:
        if pretrained and not isinstance(error, TypeError):
            raise DataError(
                f"weights of {backbone!r} cannot be downloaded ({_first_line(error)}); "
                "give the path of a checkpoint, or train without pretrained weights"
            ) from error
        raise _wrong_options(backbone, options, error) from error
    # timm initialises the head before the last of the backbone's weights. Only a head added later
    # makes the backbone's weights independent of the head's width.
    network.reset_classifier(outputs)  # type: ignore[operator] # timm's
    return network


def _check_network(
    network: nn.Module, backbone: str, outputs: int, sample_shape: tuple[int, ...]
) -> None:
    if not isinstance(network.get_classifier(), nn.Linear):  # type: ignore[operator] # timm's
        raise UsageError(f"backbone {backbone!r} has no linear head; choose another timm model")
    network.eval()
    try:
        with torch.no_grad():
            shape = network(torch.zeros(1, *sample_shape)).shape
    except (RuntimeError, AssertionError, ValueError) as error:
        raise UsageError(
            f"backbone {backbone!r} does not accept {sample_shape[1]} × {sample_shape[2]} images "
            f"({_first_line(error)}); choose another image size, or give img_size as a backbone "
            "option"
        ) from error
    finally:
        network.train()
    if tuple(shape) != (1, outputs):
        raise UsageError(
            f"backbone {backbone!r} has outputs of {tuple(shape)}; expected {(1, outputs)}"
        )


def _wrong_options(backbone: str, options: Mapping[str, Any], error: Exception) -> UsageError:
    given = dict(options)
    return UsageError(f"backbone {backbone!r} does not accept {given}: {_first_line(error)}")


def _first_line(error: Exception) -> str:
    return str(error).strip().split("\n", 1)[0] or type(error).__name__
