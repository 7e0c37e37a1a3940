"""Name and features of the CPU."""

import platform
from pathlib import Path


def processor_name() -> str:
    """Return the model, such as ``"AMD EPYC 7B13"``."""
    return _listed("model name") or platform.processor() or platform.machine()


def multiplies_bfloat16() -> bool:
    """Return whether the CPU supports bfloat16 in hardware; emulation is slower than float32."""
    # PyTorch has only a private test for these instructions, and only Linux lists them.
    return bool({"avx512_bf16", "amx_bf16"} & set(_listed("flags").split()))


def _listed(field: str) -> str:
    """Return a field of the first core from Linux; empty on other systems."""
    try:
        with Path("/proc/cpuinfo").open(encoding="utf-8") as file:
            line = next((line for line in file if line.startswith(field)), "")
    except OSError:
        return ""
    return line.partition(":")[2].strip()
