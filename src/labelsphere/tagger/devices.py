"""Devices and precision of computation."""

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
    """Return the accelerator of this process and of the parallel ones.

    A single process uses the GPU if there is one. Under ``accelerate launch`` or ``torchrun`` each
    process uses its own, and gradients are averaged over all.

    The first call in a process determines the device of all later calls.

    Args:
        device: ``"auto"``, or ``"cpu"`` to ignore a GPU.

    Raises:
        UsageError: If the device is unknown, or the process uses another already.
    """
    from accelerate import Accelerator, DistributedDataParallelKwargs

    _check(device)
    # By default, buffers such as the label space's vectors are sent at every step. Only averages of
    # normalisation layers differ between processes, and those of the first process are kept.
    parallel = DistributedDataParallelKwargs(broadcast_buffers=False)
    try:
        return Accelerator(
            cpu=device == "cpu" or not torch.cuda.is_available(),
            mixed_precision="no",  # `autocast` is used instead, so that losses stay in float32
            kwargs_handlers=[parallel],
        )
    except ValueError as error:
        raise UsageError(
            f"device {device!r} is not available in a process that uses another one "
            f"({error}); start a new process"
        ) from error


def single_device(device: str = "auto") -> torch.device:
    """Return the device of a single process, for instance for tagging.

    Args:
        device: ``"auto"`` for a GPU if there is one, or ``"cpu"``.

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
    """Move a module and its optimizer to this process's device, and average gradients."""
    with warnings.catch_warnings():
        # Newer releases of torch renamed this argument; older ones do not know the new name.
        warnings.filterwarnings("ignore", "`broadcast_buffers` is deprecated", FutureWarning)
        prepared: tuple[nn.Module, AcceleratedOptimizer] = devices.prepare(module, optimizer)
    return prepared


def is_main_process() -> bool:
    """Return whether this is the main process, which writes files; a single process is."""
    return not distributed.is_initialized() or distributed.get_rank() == 0


def wait_for_everyone() -> None:
    """Wait until all processes reach this call."""
    if distributed.is_initialized():
        distributed.barrier()


def native_bfloat16(device: torch.device) -> bool:
    """Return whether a device supports bfloat16 in hardware; emulation is slower than float32."""
    if device.type == "cuda":
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    if device.type == "cpu":
        return multiplies_bfloat16()
    return False


def autocast(precision: str, device: torch.device) -> AbstractContextManager[object]:
    """Return the autocast context of a network.

    Args:
        precision: ``"auto"``, ``"float32"`` or ``"bfloat16"``.
        device: Device of the network.
    """
    enabled = precision == "bfloat16" or (precision == "auto" and native_bfloat16(device))
    return torch.autocast(device.type, dtype=torch.bfloat16, enabled=enabled)
