"""Choices made for a training, one line each, and the machine that they are made for."""

import os
from dataclasses import dataclass


@dataclass(frozen=True)
class TrainingChoice:
    """One choice of a training.

    Attributes:
        subject: What was chosen, such as ``"image size"``.
        value: The choice.
        reason: Why, or ``"as given"``.
        option: The option that changes it, such as ``"--image-size N"``.
    """

    subject: str
    value: str
    reason: str
    option: str

    def line(self) -> str:
        """The choice as one line of text."""
        return f"{self.subject}: {self.value} ({self.reason}; {self.option})"


@dataclass(frozen=True)
class Machine:
    """The machine that a training runs on.

    Attributes:
        gpu: Whether a GPU is used.
        cores: Processor cores.
    """

    gpu: bool
    cores: int

    @classmethod
    def current(cls, device: str = "auto") -> "Machine":
        """The machine that this process runs on.

        Args:
            device: ``"auto"``, or ``"cpu"`` to leave a GPU alone.
        """
        import torch

        allowed = getattr(os, "sched_getaffinity", lambda _: range(os.cpu_count() or 1))(0)
        return cls(device != "cpu" and torch.cuda.is_available(), len(allowed))

    def __str__(self) -> str:
        """In words."""
        if self.gpu:
            return "GPU"
        return f"no GPU, {self.cores} core{'s' if self.cores > 1 else ''}"
