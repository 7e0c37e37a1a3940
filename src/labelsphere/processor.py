"""Name and features of the processor."""

import platform
from pathlib import Path


def processor_name() -> str:
    """The model, such as ``"AMD EPYC 7B13"``."""
    return _listed("model name") or platform.processor() or platform.machine()


def multiplies_bfloat16() -> bool:
    """Whether the processor multiplies bfloat16 in hardware; emulation is slower than float32."""
    # PyTorch keeps its own test for these instructions private, and only Linux lists them.
    return bool({"avx512_bf16", "amx_bf16"} & set(_listed("flags").split()))


def _listed(field: str) -> str:
    """What Linux says of the first core; nothing elsewhere."""
    try:
        with Path("/proc/cpuinfo").open(encoding="utf-8") as file:
            line = next((line for line in file if line.startswith(field)), "")
    except OSError:
        return ""
    return line.partition(":")[2].strip()
