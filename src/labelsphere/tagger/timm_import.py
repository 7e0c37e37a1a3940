"""timm, imported without PyTorch's compiler.

timm imports torchvision, and torchvision's ``roi_align`` imports the whole compiler
(``torch._dynamo``, with SymPy, Triton and distributed tensors) to ask whether it can compile. One
of timm's models marks functions that are not to be compiled. Nothing here compiles, and importing
the compiler takes as long as importing PyTorch itself.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from types import ModuleType

__all__ = ["timm", "timm_part"]

_COMPILER, _UTILS = "torch._dynamo", "torch._dynamo.utils"


@contextmanager
def _compiler_left_out() -> Iterator[None]:
    """Let imports find a stand-in for the compiler, which is imported as usual afterwards."""
    compiler, utils = ModuleType(_COMPILER), ModuleType(_UTILS)
    compiler.disable = lambda function, *_, **__: function  # type: ignore[attr-defined]
    utils.is_compile_supported = lambda _device: False  # type: ignore[attr-defined]
    sys.modules[_COMPILER], sys.modules[_UTILS] = compiler, utils
    try:
        yield
    finally:
        del sys.modules[_COMPILER], sys.modules[_UTILS]


def _import_timm() -> ModuleType:
    if _COMPILER in sys.modules or "torchvision.ops" in sys.modules:
        return import_module("timm")
    try:
        with _compiler_left_out():
            return import_module("timm")
    # Other releases may want more of the compiler.
    except (AttributeError, ImportError):
        return import_module("timm")


timm = _import_timm()


def timm_part(name: str) -> ModuleType:
    """A module of timm that timm does not import by itself, such as ``optim``."""
    return import_module(f"timm.{name}")
