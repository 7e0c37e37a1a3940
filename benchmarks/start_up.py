"""Processor time of one picture or vector on the command line, most of it spent on imports.

    python benchmarks/start_up.py TAGGER MODEL PICTURE

TAGGER is a folder of a tagger of pictures, MODEL the same tagger as exported by ``labelsphere
export``. A small tagger on feature vectors is trained for the comparison. The commands take turns;
user and system time of their processes are added.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from reporting import table, write_results

ROUNDS = 2


def vector_tagger(folder: Path) -> tuple[Path, Path]:
    """Save a small tagger on feature vectors; its folder, and a file with one vector."""
    from labelsphere.annotations import Annotations
    from labelsphere.space import LabelSpace
    from labelsphere.tagger import Architecture, Tagger
    from labelsphere.tagger.inputs import FeatureInputs
    from labelsphere.tagger.label_context import LabelContext

    tags = Annotations.from_lists([["sea", "sky"], ["sky", "tree"], ["tree", "leaf"]] * 8)
    vectors = np.random.default_rng(0).standard_normal((24, 32)).astype(np.float32)
    inputs = FeatureInputs(vectors)
    tagger = Tagger(
        Architecture("mlp", objective="sphere"),
        LabelContext.of(tags, LabelSpace.fit(tags, method="smoothed")),
        inputs.settings(),
        inputs.sample_shape,
    )
    tagger.save(folder / "vectors")
    np.save(folder / "one.npy", vectors[:1])
    return folder / "vectors", folder / "one.npy"


def processor_seconds(command: list[str]) -> float:
    """User and system time of a command and its threads."""
    before = os.times()
    subprocess.run(command, check=True, capture_output=True)
    after = os.times()
    user = after.children_user - before.children_user
    return user + after.children_system - before.children_system


def main() -> None:
    """Measure, print and write the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tagger", type=Path)
    parser.add_argument("model", type=Path)
    parser.add_argument("picture", type=Path)
    given = parser.parse_args()
    tag = [sys.executable, "-m", "labelsphere", "tag"]
    picture = str(given.picture)
    with tempfile.TemporaryDirectory() as work:
        vectors, one = vector_tagger(Path(work))
        commands = {
            "import torch": [sys.executable, "-c", "import torch"],
            "import timm": [sys.executable, "-c", "import timm"],
            "tag a picture with a tagger": [*tag, str(given.tagger), picture],
            "tag a vector with a tagger": [*tag, str(vectors), "--features", str(one)],
            "tag a picture with an exported model": [*tag, str(given.model), picture],
        }
        found: dict[str, list[float]] = {name: [] for name in commands}
        for turn in range(ROUNDS + 1):
            for name, command in commands.items():
                seconds = processor_seconds(command)
                if turn:  # The first reads files into memory.
                    found[name].append(seconds)
    rows = [
        [name, f"{statistics.median(seconds):.2f}", f"{min(seconds):.2f}"]
        for name, seconds in found.items()
    ]
    lines = [
        "# Processor time of one picture on the command line",
        "",
        f"Seconds of user and system time, {ROUNDS} rounds in turn. `import timm` includes torch.",
        "",
        *table(["command", "median", "least"], rows),
    ]
    print("\n".join(lines))
    write_results("start_up", lines, {"seconds": found}, packages=("torch", "timm", "onnxruntime"))


if __name__ == "__main__":
    main()
