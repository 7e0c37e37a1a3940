"""Memory allocation: freed memory is kept for the next step."""

import ctypes
import sys

# Parameters of glibc's mallopt(3), from malloc.h.
_TRIM_THRESHOLD, _TOP_PAD, _MMAP_THRESHOLD = -1, -2, -3
_LARGEST_MMAP_THRESHOLD = 32 << 20
_PAD = 256 << 20
_NEVER = 2**31 - 1


def keep_freed_memory() -> bool:
    """Configure glibc to keep freed memory, because the next training step needs it again.

    By default, large blocks are returned to the system at once, and every step gets new, zeroed
    pages: a quarter of a small network's step on a CPU (2.1 s of user time and 0.7 s of system time
    for 6 steps of 128 images at 64 px; 0.02 s of system time with this). The process keeps the
    memory of its largest step.

    Returns:
        Whether it was configured: only Linux with glibc has the option.
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
