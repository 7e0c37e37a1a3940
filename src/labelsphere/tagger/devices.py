"""Devices of tensors and precision of products."""

import warnings
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

import torch
from torch import distributed, nn
from torch.optim import Optimizer

from labelsphere.errors import UsageError
from labelsphere.processor import multiplies_bfloat16

if TYPE_CHECKING:
    from accelerate import Accelerator
    from accelerate.optimizer import AcceleratedOptimizer


def accelerator(device: str = "auto") -> "Accelerator":
    """The devices of this process and its companions.

    One process takes the GPU where there is one. Under ``accelerate launch`` or ``torchrun`` each
    process takes its own, and the gradients are averaged over all.

    The first call of a process decides on the device for all later ones.

    Args:
        device: ``"auto"``, or ``"cpu"`` to leave a GPU alone.

    Raises:
        UsageError: If the device is unknown, or the process has begun on another.
    """
    from accelerate import Accelerator, DistributedDataParallelKwargs

    _check(device)
    # Sent at every step otherwise, the label space's vectors among them; what differs between
    # processes are the averages of normalisation layers, and the first process's are kept.
    parallel = DistributedDataParallelKwargs(broadcast_buffers=False)
    try:
        return Accelerator(
            cpu=device == "cpu" or not torch.cuda.is_available(),
            mixed_precision="no",  # `autocast` sees to it, so that losses stay in float32
            kwargs_handlers=[parallel],
        )
    except ValueError as error:
        raise UsageError(
            f"device {device!r} cannot be had in a process that has begun on another "
            f"({error}); start a new process"
        ) from error


def single_device(device: str = "auto") -> torch.device:
    """The device of a process that works alone, as when pictures are tagged.

    Args:
        device: ``"auto"`` for a GPU where there is one, or ``"cpu"``.

    Raises:
        UsageError: If the device is unknown.
    """
    _check(device)
    return torch.device("cuda" if device == "auto" and torch.cuda.is_available() else "cpu")


def _check(device: str) -> None:
    if device not in ("auto", "cpu"):
        raise UsageError(f"device must be 'auto' or 'cpu', but got {device!r}")


def prepare(
    devices: "Accelerator", module: nn.Module, optimizer: Optimizer
) -> "tuple[nn.Module, AcceleratedOptimizer]":
    """A module and its optimizer on this process's device, gradients averaged over all."""
    with warnings.catch_warnings():
        # Newer releases of torch have another word for it, which older ones do not know.
        warnings.filterwarnings("ignore", "`broadcast_buffers` is deprecated", FutureWarning)
        prepared: tuple[nn.Module, AcceleratedOptimizer] = devices.prepare(module, optimizer)
    return prepared


def is_main_process() -> bool:
    """Whether this process is the one that writes; the only one is."""
    return not distributed.is_initialized() or distributed.get_rank() == 0


def wait_for_everyone() -> None:
    """Return when all processes have come here; at once if there is one."""
    if distributed.is_initialized():
        distributed.barrier()


def native_bfloat16(device: torch.device) -> bool:
    """Whether a device multiplies bfloat16 in hardware; emulation is slower than float32."""
    if device.type == "cuda":
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    if device.type == "cpu":
        return multiplies_bfloat16()
    return False


def autocast(precision: str, device: torch.device) -> AbstractContextManager[object]:
    """The context in which a network runs.

    Args:
        precision: ``"auto"``, ``"float32"`` or ``"bfloat16"``.
        device: Where the network is.
    """
    enabled = precision == "bfloat16" or (precision == "auto" and native_bfloat16(device))
    return torch.autocast(device.type, dtype=torch.bfloat16, enabled=enabled)
