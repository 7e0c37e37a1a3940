"""Freed memory stays with the process."""

import platform
import subprocess
import sys

from labelsphere.tagger.memory import keep_freed_memory

# In a process of its own: what other tests left in the heap decides where blocks are put.
_FRESH_PAGES = """
import resource

import torch

from labelsphere.tagger.memory import keep_freed_memory

keep_freed_memory()
counts = []
for _ in range(3):
    for _ in range(5):
        torch.ones(2**21)  # 8 MiB: by default mapped anew each time
    counts.append(resource.getrusage(resource.RUSAGE_SELF).ru_minflt)
print(counts[2] - counts[1])
"""


def test_blocks_freed_once_are_used_again() -> None:
    assert keep_freed_memory() == (platform.libc_ver()[0] == "glibc")
    done = subprocess.run(
        [sys.executable, "-c", _FRESH_PAGES], capture_output=True, text=True, check=True
    )
    # Mapped anew, five blocks of 8 MiB would take 10,240 pages of 4 KiB.
    if keep_freed_memory():
        assert int(done.stdout) < 1000
