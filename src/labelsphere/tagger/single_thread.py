"""PyTorch with one thread per caller, for callers that run in parallel."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch


@contextmanager
def one_thread() -> Iterator[None]:
    """Limit PyTorch to one thread per caller, and restore the previous number at the end.

    Threads started within the block must set the number themselves. Two threads with one batch each
    never wait for each other. Threads that share every product wait thousands of times a second:
    with other programs on the CPU, EfficientNet-Lite0 then took three times as long.
    """
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
