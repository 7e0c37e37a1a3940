"""Choices of the settings of a training, and the machine that it runs on."""

import os
from dataclasses import dataclass


@dataclass(frozen=True)
class TrainingChoice:
    """One choice of a training.

    Attributes:
        subject: Name of the setting, such as ``"image size"``.
        value: The chosen value.
        reason: Reason for the choice, or ``"as given"``.
        option: The option that changes it, such as ``"--image-size N"``.
    """

    subject: str
    value: str
    reason: str
    option: str

    def line(self) -> str:
        """Format the choice as one line of text."""
        return f"{self.subject}: {self.value} ({self.reason}; {self.option})"


@dataclass(frozen=True)
class Machine:
    """The machine that a training runs on.

    Attributes:
        gpu: Whether a GPU is used.
        cores: Number of CPU cores.
    """

    gpu: bool
    cores: int

    @classmethod
    def current(cls, device: str = "auto") -> "Machine":
        """Describe the machine of this process.

        Args:
            device: ``"auto"``, or ``"cpu"`` to ignore a GPU.
        """
        import torch

        allowed = getattr(os, "sched_getaffinity", lambda _: range(os.cpu_count() or 1))(0)
        return cls(device != "cpu" and torch.cuda.is_available(), len(allowed))

    def __str__(self) -> str:
        """Describe the machine in words."""
        if self.gpu:
            return "GPU"
        return f"no GPU, {self.cores} core{'s' if self.cores > 1 else ''}"
