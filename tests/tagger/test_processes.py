"""The loop in two processes that average their gradients, as ``torchrun`` starts them."""

import json
import os
import runpy
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

SCRIPT = """
import json, sys
import numpy as np
from pathlib import Path
from safetensors.torch import save_file
from labelsphere.annotations import Annotations
from labelsphere.space import LabelSpace
from labelsphere.tagger import Architecture, DivergedError, Hooks, Tagger, TrainingSettings
from labelsphere.tagger.devices import accelerator
from labelsphere.tagger.inputs import FeatureInputs
from labelsphere.tagger.label_context import LabelContext

output = Path(sys.argv[1])
random = np.random.default_rng(0)
lists = [[f"tag {n}" for n in set(random.integers(0, 8, 3))] for _ in range(90)]
tags, features = Annotations.from_lists(lists), random.normal(size=(90, 6)).astype("float32")
inputs = FeatureInputs(features)
# 15 rows a step: one process takes eight of them, the other seven.
settings = TrainingSettings(steps=12, batch_size=15, rate=0.03, clip=1.0, precision="float32",
                            checkpoint_every=6)
devices = accelerator("cpu")
facts = {"processes": devices.num_processes, "mixed_precision": devices.mixed_precision}
for objective in ("cosine", "logistic"):
    space = LabelSpace.fit(tags, dim=4) if objective == "cosine" else None
    architecture = Architecture("mlp", {"layers": 0}, objective)
    tagger = Tagger(architecture, LabelContext.of(tags, space), inputs.settings(), (6,))
    hooks = Hooks(checkpoint=output / f"{objective}.checkpoint")
    record = tagger.fit(tags, inputs, settings, hooks=hooks)
    if devices.is_main_process:
        facts[objective] = record.losses
        save_file(tagger.network.state_dict(), output / f"{objective}.safetensors")
class Torn(FeatureInputs):
    def batch(self, rows, *, training, seed=0):
        values = super().batch(rows, training=training, seed=seed)
        values[rows == 0] = float("nan")
        return values

# Row 0 is one process's; unless both stop there, the next training's gradients are averaged with
# those of this one, or waited for without end.
facts["diverged"] = []
for _ in range(2):
    tagger = Tagger(architecture, LabelContext.of(tags), inputs.settings(), (6,))
    try:
        tagger.fit(tags, Torn(features), settings)
    except DivergedError as error:
        facts["diverged"].append(str(error))
devices.wait_for_everyone()
if devices.is_main_process:
    (output / "facts.json").write_text(json.dumps(facts))
devices.end_training()
"""


def script(folder: Path) -> Path:
    folder.mkdir()
    path = folder / "train.py"
    path.write_text(SCRIPT)
    return path


def train_in_processes(folder: Path, processes: int) -> None:
    command = [sys.executable, str(script(folder)), str(folder)]
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    shared = os.environ | {
        "ACCELERATE_MIXED_PRECISION": "bf16",  # as a launcher may set it; not for losses
        "CUDA_VISIBLE_DEVICES": "",
        "OMP_NUM_THREADS": "1",
        "MASTER_ADDR": "127.0.0.1",
        "MASTER_PORT": str(port),
        "WORLD_SIZE": str(processes),
        "LOCAL_WORLD_SIZE": str(processes),
    }
    running = [
        subprocess.Popen(
            command,
            env=shared | {"RANK": rank, "LOCAL_RANK": rank},
            stderr=subprocess.PIPE,
            text=True,
        )
        for rank in map(str, range(processes))
    ]
    try:
        told = [process.communicate(timeout=240)[1] for process in running]
    finally:
        for process in running:
            process.kill()
    assert [process.returncode for process in running] == [0] * processes, "\n".join(told)


def facts(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "facts.json").read_text())
    return found


def test_two_processes_train_to_the_weights_of_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    train_in_processes(tmp_path / "two", 2)
    alone = script(tmp_path / "one")
    monkeypatch.setattr(sys, "argv", [str(alone), str(tmp_path / "one")])
    runpy.run_path(str(alone))
    one, two = facts(tmp_path / "one"), facts(tmp_path / "two")
    assert (one["processes"], two["processes"]) == (1, 2)
    assert two["mixed_precision"] == "no"
    for objective in ("cosine", "logistic"):
        assert one[objective] == pytest.approx(two[objective], rel=1e-4, abs=1e-5)
        expected = load_file(tmp_path / "one" / f"{objective}.safetensors")
        found = load_file(tmp_path / "two" / f"{objective}.safetensors")
        torch.testing.assert_close(found, expected, rtol=1e-3, atol=1e-4)
    assert len(two["diverged"]) == 2
    assert one["diverged"] == two["diverged"]
    assert "the loss became nan at step" in two["diverged"][0]
