"""PyTorch in one thread a caller, for callers that share the processor among themselves."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch


@contextmanager
def one_thread() -> Iterator[None]:
    """Let PyTorch use one thread a caller; what it used before is set again at the end.

    Threads that are started within the block set the number themselves. Two threads with a batch
    each never wait for one another. Two that share every product do so thousands of times a
    second: beside other programs, EfficientNet-Lite0 then took three times as long.
    """
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
