from pathlib import Path

from labelsphere.processor import multiplies_bfloat16, processor_name


def test_bfloat16_is_what_the_processor_lists() -> None:
    cpuinfo = Path("/proc/cpuinfo")
    text = cpuinfo.read_text() if cpuinfo.exists() else ""
    flags = next((line.split() for line in text.splitlines() if line.startswith("flags")), [])
    assert multiplies_bfloat16() == bool({"avx512_bf16", "amx_bf16"} & set(flags))


def test_the_name_is_the_one_listed() -> None:
    assert processor_name()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists() and "model name" in cpuinfo.read_text():
        assert f": {processor_name()}\n" in cpuinfo.read_text()
