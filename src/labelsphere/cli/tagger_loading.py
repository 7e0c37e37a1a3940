"""Loading the tagger of a command that only tags, without PyTorch's compiler."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from labelsphere.tagger import Tagger

_COMPILER, _UTILS = "torch._dynamo", "torch._dynamo.utils"


def load_tagger(folder: Path) -> "Tagger":
    """Load a tagger in a process that compiles no network.

    A tagger of pictures imports timm, timm imports torchvision, and torchvision's ``roi_align``
    imports the whole compiler (``torch._dynamo``, with SymPy and Triton) to ask whether it can
    compile. That takes as long as importing PyTorch. This process never compiles, so the imports
    find a stand-in. Programs that use Labelsphere as a library get timm as it is.

    Args:
        folder: The tagger's folder.

    Raises:
        ArtefactError: If it holds no tagger.
    """
    from labelsphere.tagger import Tagger

    if _COMPILER in sys.modules or "torchvision.ops" in sys.modules:
        return Tagger.load(folder)
    try:
        with _compiler_left_out():
            return Tagger.load(folder)
    # Other releases of timm and torchvision may want more of the compiler.
    except (AttributeError, ImportError):
        return Tagger.load(folder)


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
