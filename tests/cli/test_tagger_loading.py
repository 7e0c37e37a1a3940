"""A tagger of pictures is loaded without PyTorch's compiler, in a process of its own."""

import subprocess
import sys
from pathlib import Path

ASKED = """
import sys
from pathlib import Path
from labelsphere.cli.tagger_loading import load_tagger
tagger = load_tagger(Path(sys.argv[1]))
there = [name for name in sys.modules if name.partition(".")[0] in ("sympy", "triton")]
there += [name for name in sys.modules if name.startswith("torch._dynamo")]
import torch
compiled = torch.compile(lambda x: x + 1, backend="eager")
print("timm" in sys.modules, there, tagger.takes_features, compiled(torch.ones(1)).item())
"""


def test_the_compiler_is_not_imported_and_can_be_used_afterwards(shape_tagger: Path) -> None:
    asked = [sys.executable, "-c", ASKED, str(shape_tagger)]
    done = subprocess.run(asked, capture_output=True, text=True, check=True)
    assert done.stdout.split("\n")[-2] == "True [] False 2.0"
