from pathlib import Path

import pytest
import torch

from labelsphere.errors import UsageError
from labelsphere.tagger.devices import accelerator, autocast, native_bfloat16

CPU = torch.device("cpu")


def test_an_unknown_device_is_refused() -> None:
    with pytest.raises(UsageError, match="'auto' or 'cpu', but got 'tpu'"):
        accelerator("tpu")


def test_the_cpu_can_be_asked_for_again_and_again() -> None:
    for _ in range(2):
        devices = accelerator("cpu")
        assert devices.device == CPU
        assert devices.num_processes == 1
        assert devices.mixed_precision == "no"


def test_native_bfloat16_is_what_the_processor_lists() -> None:
    cpuinfo = Path("/proc/cpuinfo")
    text = cpuinfo.read_text() if cpuinfo.exists() else ""
    flags = next((line.split() for line in text.splitlines() if line.startswith("flags")), [])
    assert native_bfloat16(CPU) == bool({"avx512_bf16", "amx_bf16"} & set(flags))
    assert not native_bfloat16(torch.device("meta"))


@pytest.mark.parametrize(
    ("precision", "expected"),
    [
        ("float32", torch.float32),
        ("bfloat16", torch.bfloat16),
        ("auto", torch.bfloat16 if native_bfloat16(CPU) else torch.float32),
    ],
)
def test_products_are_taken_in_the_precision_asked_for(
    precision: str, expected: torch.dtype
) -> None:
    layer = torch.nn.Linear(3, 2)
    with autocast(precision, CPU):
        assert layer(torch.ones((1, 3))).dtype == expected
    assert layer(torch.ones((1, 3))).dtype == torch.float32
    assert layer.weight.dtype == torch.float32
