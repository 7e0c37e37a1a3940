"""The machine and the versions that a comparison ran on."""

import os
import platform
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path

import torch

from labelsphere.json_types import Json
from labelsphere.processor import processor_name

_PACKAGES = ("torch", "timm", "numpy", "scipy", "polars")


def machine() -> dict[str, Json]:
    """Processor, cores, memory in GiB, system and device."""
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    device = torch.cuda.get_device_name() if torch.cuda.is_available() else "cpu"
    return {
        "processor": processor_name(),
        "cores": os.cpu_count(),
        "memory_gib": round(pages / 2**30, 1),
        "platform": platform.platform(terse=True),
        "python": platform.python_version(),
        "device": device,
    }


def versions() -> dict[str, str]:
    """Versions of the packages that the results depend on."""
    return {name: version(name) for name in _PACKAGES}


def restart_peak_memory() -> None:
    """Let `peak_memory_gib` count from now on, where the system allows it."""
    if torch.cuda.is_available():
        torch.cuda.reset_peak_memory_stats()
    # Linux alone has this; elsewhere the peak of the whole process stays.
    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")


def peak_memory_gib() -> float:
    """The most memory held since the last restart, in GiB: the GPU's where there is one."""
    if torch.cuda.is_available():
        return round(torch.cuda.max_memory_allocated() / 2**30, 2)
    # Linux's own count, in KiB: that of getrusage is not restarted, and begins with what the parent
    # process held.
    with suppress(OSError, StopIteration), Path("/proc/self/status").open(encoding="ascii") as file:
        line = next(line for line in file if line.startswith("VmHWM:"))
        return round(int(line.split()[1]) / 2**20, 2)
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    # macOS counts bytes, others KiB.
    return round(peak / (2**30 if platform.system() == "Darwin" else 2**20), 2)
