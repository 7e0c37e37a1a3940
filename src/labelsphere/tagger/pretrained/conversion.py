"""Conversion of checkpoints of another EfficientNet-Lite implementation to timm."""

from pathlib import Path
from typing import Any

import numpy as np
import timm
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from labelsphere.errors import ArtefactError
from labelsphere.tagger.inputs.decoding import decode_picture
from labelsphere.tagger.normalisation import channel_normalisation

MILITARY_UNIFORM = 652
"""Number of the class military uniform in ImageNet-1k, which Grace Hopper's photograph shows."""

_BEST = 4
_COUNTER = "num_batches_tracked"


def convert_checkpoint(source: Path, backbone: str, target: Path) -> None:
    """Write a checkpoint's tensors under timm's names.

    Both implementations have the same tensors in the same order under different names; batch
    counters are in only one of them and are left out.

    Args:
        source: PyTorch checkpoint, read without unpickling objects.
        backbone: Name of the timm model.
        target: ``.safetensors`` file; its metadata names the backbone.

    Raises:
        ArtefactError: If the checkpoint cannot be read, or its tensors differ from the model's in
            number or shape.
    """
    try:
        loaded: dict[str, Tensor] = torch.load(source, map_location="cpu", weights_only=True)
    except Exception as error:  # On damaged files, the reader raises almost any exception.
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        raise ArtefactError(f"{source} cannot be read as a checkpoint ({reason})") from error
    given = [(k, v) for k, v in loaded.items() if not k.endswith(_COUNTER)]
    own = timm.create_model(backbone, pretrained=False).state_dict()
    wanted = [(k, v) for k, v in own.items() if not k.endswith(_COUNTER)]
    if len(given) != len(wanted):
        raise ArtefactError(
            f"{source} has {len(given)} tensors, {backbone} {len(wanted)}; expected equal numbers"
        )
    for (name, tensor), (there, like) in zip(given, wanted, strict=True):
        if tensor.shape != like.shape:
            raise ArtefactError(
                f"{name} of {source} is {tuple(tensor.shape)}, {there} of {backbone} is "
                f"{tuple(like.shape)}; expected equal shapes"
            )
    pairs = zip(given, wanted, strict=True)
    renamed = {there: tensor.float().contiguous() for (_, tensor), (there, _) in pairs}
    save_file(renamed, target, metadata={"backbone": backbone})


def check_prediction(path: Path, backbone: str) -> None:
    """Check that converted weights classify a photograph correctly.

    The photograph is part of matplotlib. In distributions without it, this check is skipped and
    only the checkpoint's hash is verified.

    Args:
        path: The converted weights, with the classifier.
        backbone: Name of the timm model.

    Raises:
        ArtefactError: If a military uniform is not among the first four of 1,000 classes.
    """
    photograph = sample_photograph()
    if photograph is None:
        return
    best = best_classes(path, backbone, photograph)
    if MILITARY_UNIFORM not in best:
        raise ArtefactError(
            f"{backbone} with converted weights sees classes {best} in a photograph, expected "
            f"{MILITARY_UNIFORM} (military uniform) among them: this release of timm "
            f"({timm.__version__}) builds another network; install an older one"
        )


def sample_photograph() -> bytes | None:
    """Return the photograph of Grace Hopper in matplotlib, or None."""
    import matplotlib as mpl

    path = Path(mpl.get_data_path()) / "sample_data" / "grace_hopper.jpg"
    return path.read_bytes() if path.is_file() else None


def best_classes(path: Path, backbone: str, picture: bytes) -> list[int]:
    """Return the four most likely of 1,000 classes of a picture, best first."""
    network: Any = timm.create_model(backbone, pretrained=False)
    network.load_state_dict(load_file(path), strict=False)
    mean, std = (np.array(value) for value in channel_normalisation(backbone, pretrained=True))
    # timm's own preparation: 87.5 % of the shorter side, resized to the network's input size.
    side = network.pretrained_cfg["input_size"][1]
    whole = round(side / network.pretrained_cfg["crop_pct"])
    edge = (whole - side) // 2
    pixels = decode_picture(picture, whole, "crop")[edge : edge + side, edge : edge + side]
    values = torch.from_numpy(((pixels / 255 - mean) / std).astype(np.float32))
    with torch.no_grad():
        logits: Tensor = network.eval()(values.permute(2, 0, 1)[None])
    return [int(number) for number in logits[0].topk(_BEST).indices]
