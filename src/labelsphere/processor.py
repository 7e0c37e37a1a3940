"""Hardware features of the processor."""

from pathlib import Path


def multiplies_bfloat16() -> bool:
    """Whether the processor multiplies bfloat16 in hardware; emulation is slower than float32."""
    return bool({"avx512_bf16", "amx_bf16"} & _flags())


def _flags() -> set[str]:
    # PyTorch keeps its own test for these instructions private, and only Linux lists them.
    try:
        with Path("/proc/cpuinfo").open(encoding="utf-8") as file:
            line = next((line for line in file if line.startswith("flags")), "")
    except OSError:
        return set()
    return set(line.split())
