"""timm without PyTorch's compiler, in a process of its own."""

import subprocess
import sys

ASKED = """
import sys
from labelsphere.tagger.timm_import import timm, timm_part
there = [name for name in sys.modules if name.partition(".")[0] in ("sympy", "triton")]
there += [name for name in sys.modules if name.startswith("torch._dynamo")]
import torch
network = timm.create_model("test_resnet", num_classes=3).eval()
shape = tuple(network(torch.zeros(1, 3, 32, 32)).shape)
made = timm_part("optim").create_optimizer_v2(torch.nn.Linear(2, 2), "adamw")
compiled = torch.compile(lambda x: x + 1, backend="eager")
print(there, shape, type(made).__name__, compiled(torch.ones(1)).item())
"""


def test_the_compiler_is_not_imported_and_can_be_used_afterwards() -> None:
    done = subprocess.run([sys.executable, "-c", ASKED], capture_output=True, text=True, check=True)
    assert done.stdout.split("\n")[-2] == "[] (1, 3) AdamW 2.0"
