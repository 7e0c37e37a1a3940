"""The network (§4.3.1): any timm backbone, or a small one for feature vectors, and its head."""

import difflib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import timm
import torch
from torch import Tensor, nn

from labelsphere.errors import DataError, UsageError

# timm gives its models forward_features, forward_head, get_classifier and reset_classifier, but no
# common type that says so: hence the ignored types below.

FEATURE_BACKBONE = "mlp"
"""Name of the network for precomputed feature vectors."""

_MOST_UNKNOWN = 0.1
"""Share of a checkpoint that may be unknown to the network, such as an auxiliary tower."""


class FeatureNetwork(nn.Module):
    """A perceptron in place of a backbone, with the methods of a timm model.

    Args:
        width: Length of a feature vector.
        outputs: Number of outputs.
        hidden: Width of the hidden layers.
        layers: Number of hidden layers.
        drop_rate: Share of hidden values dropped while training.
    """

    def __init__(
        self, width: int, outputs: int, hidden: int = 1024, layers: int = 1, drop_rate: float = 0.0
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


def build_network(
    backbone: str,
    outputs: int,
    sample_shape: tuple[int, ...],
    *,
    options: Mapping[str, Any] | None = None,
    pretrained: bool | str | Path = False,
) -> nn.Module:
    """A network with a linear head of a given width.

    From equal seeds the backbone's first weights are equal, whatever the width of the head.

    Args:
        backbone: Name of a timm model, or ``"mlp"`` for feature vectors.
        outputs: Width of the head: the label space's dimensions, or the number of labels.
        sample_shape: Shape of one input: (3, height, width), or (features,).
        options: Further arguments of the timm model, e.g. ``{"drop_path_rate": 0.1}``.
        pretrained: True for timm's own weights (fetched from the Hugging Face hub), or the path
            of a checkpoint (``.safetensors``, or ``.pth`` read without unpickling objects). A
            head of another width is left out.

    Returns:
        The network, in float32.

    Raises:
        UsageError: If the backbone is unknown, does not take inputs of this shape or these
            options, or has no linear head.
        DataError: If the weights cannot be had or read, or are another backbone's.
    """
    options = dict(options or {})
    if (backbone == FEATURE_BACKBONE) != (len(sample_shape) == 1):
        raise UsageError(
            f"backbone {backbone!r} does not take inputs of shape {sample_shape}; "
            f"use a timm model for images and {FEATURE_BACKBONE!r} for feature vectors"
        )
    if backbone == FEATURE_BACKBONE:
        try:
            return FeatureNetwork(sample_shape[0], outputs, **options)
        except TypeError as error:
            raise _wrong_options(backbone, options, error) from error
    network = _timm_network(backbone, outputs, sample_shape, options, pretrained is True)
    if not isinstance(pretrained, bool):
        load_backbone(network, Path(pretrained))
    _check_network(network, backbone, outputs, sample_shape)
    return network.to(memory_format=torch.channels_last)


def load_backbone(network: nn.Module, path: Path) -> None:
    """Take a checkpoint's weights over into a network; the head may be of another width.

    Raises:
        DataError: If the file is missing or damaged, lacks weights of the backbone, or holds many
            that the backbone does not have, as a deeper one's does.
    """
    from timm.models import load_state_dict

    try:
        weights = load_state_dict(str(path), weights_only=True)
    except Exception as error:
        raise DataError(f"{path} cannot be read as a checkpoint: {_first_line(error)}") from error
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


def head_of(network: nn.Module) -> nn.Linear:
    """The linear head of a network, whose inputs are the features and outputs the points."""
    head: nn.Linear = network.get_classifier()  # type: ignore[operator] # timm's
    return head


def features_of(network: nn.Module, batch: Tensor) -> Tensor:
    """What enters the head, (rows, features): the same for every objective."""
    hidden = network.forward_features(batch)  # type: ignore[operator] # timm's
    features: Tensor = network.forward_head(hidden, pre_logits=True)  # type: ignore[operator] # timm's
    return features


def count_parameters(module: nn.Module) -> int:
    """Number of trained values."""
    return sum(parameter.numel() for parameter in module.parameters() if parameter.requires_grad)


def _timm_network(
    backbone: str,
    outputs: int,
    sample_shape: tuple[int, ...],
    options: Mapping[str, Any],
    pretrained: bool,
) -> nn.Module:
    if backbone not in timm.list_models():
        near = difflib.get_close_matches(backbone, timm.list_models(), n=3, cutoff=0.5)
        hint = f"; did you mean {', '.join(near)}?" if near else "; see timm.list_models()"
        raise UsageError(f"no timm backbone is called {backbone!r}{hint}")
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
                f"the published weights of {backbone!r} cannot be had ({_first_line(error)}); "
                "give the path of a checkpoint, or train without"
            ) from error
        raise _wrong_options(backbone, options, error) from error
    # timm draws the head before the last of the backbone's weights: only a head put on afterwards
    # leaves the backbone the same whatever the head's width.
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
            f"backbone {backbone!r} does not take images of {sample_shape[1]} × {sample_shape[2]} "
            f"({_first_line(error)}); choose another image size, or give img_size as a backbone "
            "option"
        ) from error
    finally:
        network.train()
    if tuple(shape) != (1, outputs):
        raise UsageError(f"backbone {backbone!r} puts out {tuple(shape)}; expected {(1, outputs)}")


def _wrong_options(backbone: str, options: Mapping[str, Any], error: Exception) -> UsageError:
    given = dict(options)
    return UsageError(f"backbone {backbone!r} does not take {given}: {_first_line(error)}")


def _first_line(error: Exception) -> str:
    return str(error).strip().split("\n", 1)[0] or type(error).__name__
