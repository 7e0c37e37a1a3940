import json
import os
import sys

import numpy as np
import pytest
import torch

from labelsphere.comparison.machine import (
    machine,
    peak_memory_gib,
    restart_peak_memory,
    versions,
)


def test_machine_and_versions_are_json_of_this_process() -> None:
    facts = json.loads(json.dumps(machine()))
    assert facts["cores"] == os.cpu_count()
    assert facts["python"] == ".".join(map(str, sys.version_info[:3]))
    assert facts["memory_gib"] > 0
    assert facts["processor"]
    assert versions()["numpy"] == np.__version__


def test_the_peak_includes_what_has_been_freed_since_the_restart() -> None:
    restart_peak_memory()
    before = peak_memory_gib()
    device = "cuda" if torch.cuda.is_available() else "cpu"
    block = torch.ones(2**27, device=device)  # half a GiB
    del block
    assert peak_memory_gib() == pytest.approx(before + 0.5, abs=0.1)
