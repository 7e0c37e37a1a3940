"""Keeping freed memory for the next step instead of handing it back to the system."""

import ctypes
import sys

# Parameters of glibc's mallopt(3), from malloc.h.
_TRIM_THRESHOLD, _TOP_PAD, _MMAP_THRESHOLD = -1, -2, -3
_LARGEST_MMAP_THRESHOLD = 32 << 20
_PAD = 256 << 20
_NEVER = 2**31 - 1


def keep_freed_memory() -> bool:
    """Tell glibc to keep what a training step frees, since the next step asks for it again.

    By default, large blocks go back to the system at once, and every step pays for fresh, zeroed
    pages: a quarter of a small network's step on a processor (2.1 s of computing and 0.7 s in
    the system for 6 steps of 128 images at 64 px; 0.02 s in the system with this). The process
    keeps the memory of its largest step.

    Returns:
        Whether it was done: only Linux with glibc has the switch, elsewhere nothing changes.
    """
    if sys.platform != "linux":
        return False
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError):
        return False
    settings = {
        _MMAP_THRESHOLD: _LARGEST_MMAP_THRESHOLD,
        _TRIM_THRESHOLD: _NEVER,
        _TOP_PAD: _PAD,
    }
    return all(mallopt(parameter, value) == 1 for parameter, value in settings.items())
