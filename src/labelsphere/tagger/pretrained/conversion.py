"""From a checkpoint of another EfficientNet-Lite implementation to timm's names."""

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
"""Number of this class in ImageNet-1k: what the photograph of Grace Hopper shows."""

_BEST = 4
_COUNTER = "num_batches_tracked"


def convert_checkpoint(source: Path, backbone: str, target: Path) -> None:
    """Write a checkpoint's tensors under the names that timm gives them.

    Both implementations hold the same tensors in the same order under other names; batch counters
    are in only one of them and are left out.

    Args:
        source: Checkpoint of PyTorch, read without unpickling objects.
        backbone: Name of the timm model.
        target: ``.safetensors`` file; its metadata names the backbone.

    Raises:
        ArtefactError: If the checkpoint cannot be read, or its tensors differ from the model's in
            number or shape.
    """
    try:
        loaded: dict[str, Tensor] = torch.load(source, map_location="cpu", weights_only=True)
    except Exception as error:  # Damaged files make the reader raise almost anything.
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        raise ArtefactError(f"{source} cannot be read as a checkpoint ({reason})") from error
    given = [(k, v) for k, v in loaded.items() if not k.endswith(_COUNTER)]
    own = timm.create_model(backbone, pretrained=False).state_dict()
    wanted = [(k, v) for k, v in own.items() if not k.endswith(_COUNTER)]
    if len(given) != len(wanted):
        raise ArtefactError(
            f"{source} has {len(given)} tensors, {backbone} has {len(wanted)}; expected as many"
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


def check_answer(path: Path, backbone: str) -> None:
    """Ask converted weights what a photograph shows, and refuse a wrong answer.

    The photograph is the one that comes with matplotlib. Where a distribution has left that out,
    there is nothing to ask, and the checkpoint's digest has to do.

    Args:
        path: The converted weights, classifier included.
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
    """The photograph of Grace Hopper that comes with matplotlib, or None."""
    import matplotlib as mpl

    path = Path(mpl.get_data_path()) / "sample_data" / "grace_hopper.jpg"
    return path.read_bytes() if path.is_file() else None


def best_classes(path: Path, backbone: str, picture: bytes) -> list[int]:
    """The first four of 1,000 classes that a network sees in a picture, best first."""
    network: Any = timm.create_model(backbone, pretrained=False)
    network.load_state_dict(load_file(path), strict=False)
    mean, std = (np.array(value) for value in channel_normalisation(backbone, pretrained=True))
    # timm's own preparation: 87.5 % of the shorter side, at the size of the network's training.
    side = network.pretrained_cfg["input_size"][1]
    whole = round(side / network.pretrained_cfg["crop_pct"])
    edge = (whole - side) // 2
    pixels = decode_picture(picture, whole, "crop")[edge : edge + side, edge : edge + side]
    values = torch.from_numpy(((pixels / 255 - mean) / std).astype(np.float32))
    with torch.no_grad():
        logits: Tensor = network.eval()(values.permute(2, 0, 1)[None])
    return [int(number) for number in logits[0].topk(_BEST).indices]
