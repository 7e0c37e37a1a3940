"""Checkpoints of training: everything that an exact continuation needs, without pickle."""

from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from torch.optim import Optimizer

from labelsphere.artefact import new_folder, read_config, write_config
from labelsphere.errors import ArtefactError
from labelsphere.json_types import from_json, to_json
from labelsphere.tagger.validation_point import ValidationPoint

_VERSION = 1
_BEST = "best.safetensors"


@dataclass(frozen=True)
class BestState:
    """Weights with the highest validation score so far.

    Attributes:
        step: Number of steps at their validation.
        score: Their validation score.
        weights: A copy of the network's state, on the CPU.
    """

    step: int
    score: float
    weights: dict[str, Tensor]

    @classmethod
    def of(cls, network: nn.Module, step: int, score: float) -> "BestState":
        """Copy a network's state."""
        state = network.state_dict()
        return cls(step, score, {k: v.detach().to("cpu", copy=True) for k, v in state.items()})


@dataclass(frozen=True)
class TrainingState:
    """State of a training.

    Attributes:
        step: Number of finished steps.
        seconds: Time of these steps.
        history: Validations so far.
        best: The best weights so far, if training keeps them.
    """

    step: int
    seconds: float
    history: list[ValidationPoint]
    best: BestState | None = None


def save_checkpoint(
    folder: Path, network: nn.Module, optimizer: Optimizer, progress: TrainingState, identity: str
) -> None:
    """Write a checkpoint atomically; the previous one is kept until the new one is complete.

    Args:
        folder: Folder of the checkpoint.
        network: The network in training.
        optimizer: Its optimizer.
        progress: State of the training.
        identity: Hash of data and settings, checked when resuming.
    """
    state = optimizer.state_dict()
    tensors: dict[str, Tensor] = {"random.cpu": torch.get_rng_state()}
    if torch.cuda.is_available():
        tensors["random.cuda"] = torch.cuda.get_rng_state()
    for number, values in state["state"].items():
        for name, value in values.items():
            tensors[f"{number}.{name}"] = torch.as_tensor(value).contiguous()
    with new_folder(folder, overwrite=True) as temporary:
        weights = {k: v.contiguous() for k, v in network.state_dict().items()}
        save_file(weights, temporary / "model.safetensors")
        save_file(tensors, temporary / "optimizer.safetensors")
        best = progress.best
        if best is not None:
            save_file({k: v.contiguous() for k, v in best.weights.items()}, temporary / _BEST)
        write_config(
            temporary,
            "checkpoint",
            _VERSION,
            {
                "identity": identity,
                "step": progress.step,
                "seconds": progress.seconds,
                "history": to_json(progress.history),
                "best": None if best is None else {"step": best.step, "score": best.score},
            },
        )


def load_checkpoint(
    folder: Path, network: nn.Module, optimizer: Optimizer, identity: str
) -> TrainingState | None:
    """Load a checkpoint.

    Args:
        folder: Folder of the checkpoint.
        network: Network whose state is loaded.
        optimizer: Optimizer whose state is loaded.
        identity: Hash of the data and settings of the resuming training.

    Returns:
        State of the training, or None without a checkpoint.

    Raises:
        ArtefactError: If the checkpoint is damaged or belongs to another training.
    """
    if not (folder / "config.json").exists():
        return None
    config = read_config(folder, "checkpoint", _VERSION)
    if config.get("identity") != identity:
        raise ArtefactError(
            f"{folder} holds a checkpoint of another training (other data, backbone or settings); "
            "remove it to start again, or use the settings of that training"
        )
    try:
        best = config.get("best")
        if best is not None:
            weights = load_file(folder / _BEST)
            best = BestState(int(best["step"]), float(best["score"]), weights)
        history = list(from_json(tuple[ValidationPoint, ...], config["history"]))
        progress = TrainingState(int(config["step"]), float(config["seconds"]), history, best)
        network.load_state_dict(load_file(folder / "model.safetensors"))
        tensors = load_file(folder / "optimizer.safetensors")
        torch.set_rng_state(tensors.pop("random.cpu"))
        cuda = tensors.pop("random.cuda", None)
        if cuda is not None and torch.cuda.is_available():
            torch.cuda.set_rng_state(cuda)
        _load_optimizer(optimizer, tensors)
    except (OSError, SafetensorError, RuntimeError, LookupError, TypeError, ValueError) as error:
        reason = str(error).splitlines()[0]
        raise ArtefactError(f"{folder} is damaged ({reason}); remove it to start again") from error
    return progress


def _load_optimizer(optimizer: Optimizer, tensors: dict[str, Tensor]) -> None:
    parameters = [parameter for group in optimizer.param_groups for parameter in group["params"]]
    state: dict[int, dict[str, Tensor]] = {}
    for key, value in tensors.items():
        number, name = key.split(".", 1)
        like = parameters[int(number)]
        # In the parameter's own memory format, as the optimizer created it.
        kept = torch.empty_like(like).copy_(value) if value.shape == like.shape else value
        state.setdefault(int(number), {})[name] = kept
    # Load only the state: groups hold settings, which the identity has compared.
    optimizer.load_state_dict(
        {"state": state, "param_groups": optimizer.state_dict()["param_groups"]}
    )
