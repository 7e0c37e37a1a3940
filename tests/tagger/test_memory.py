"""Freed memory stays with the process."""

import platform
import resource

import torch

from labelsphere.tagger.memory import keep_freed_memory


def _fresh_pages() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt


def test_blocks_freed_once_are_used_again() -> None:
    assert keep_freed_memory() == (platform.libc_ver()[0] == "glibc")

    def work() -> None:
        for _ in range(5):
            torch.ones(2**21)  # 8 MiB: by default mapped anew each time

    work()
    before = _fresh_pages()
    work()
    # Mapped anew, five blocks of 8 MiB would take 10,240 pages of 4 KiB.
    if keep_freed_memory():
        assert _fresh_pages() - before < 1000
