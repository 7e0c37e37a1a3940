import json
import os
import subprocess
import sys

import numpy as np
import pytest

from labelsphere.comparison.machine import machine, versions


def test_machine_and_versions_are_json_of_this_process() -> None:
    facts = json.loads(json.dumps(machine()))
    assert facts["cores"] == os.cpu_count()
    assert facts["python"] == ".".join(map(str, sys.version_info[:3]))
    assert facts["memory_gib"] > 0
    assert facts["processor"]
    assert versions()["numpy"] == np.__version__


PEAK = """
import torch

from labelsphere.comparison.machine import peak_memory_gib, restart_peak_memory

device = "cuda" if torch.cuda.is_available() else "cpu"
torch.ones(2, device=device)
restart_peak_memory()
before = peak_memory_gib()
block = torch.ones(2**27, device=device)  # half a GiB
del block
print(peak_memory_gib() - before)
"""


def test_the_peak_includes_what_has_been_freed_since_the_restart() -> None:
    # A process of its own: one that has run other tests holds freed memory, which is used again.
    result = subprocess.run(
        [sys.executable, "-c", PEAK], capture_output=True, text=True, check=True
    )
    assert float(result.stdout) == pytest.approx(0.5, abs=0.1)
