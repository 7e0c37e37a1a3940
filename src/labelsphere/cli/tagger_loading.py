"""Loading a tagger without PyTorch's compiler, for verbs that only tag."""

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
    compile. That takes as long as importing PyTorch. This process never compiles, so the compiler
    is replaced by a stand-in during the import. Programs that use Labelsphere as a library import
    timm unchanged.

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
    # Other releases of timm and torchvision may use more of the compiler.
    except (AttributeError, ImportError):
        return Tagger.load(folder)


@contextmanager
def _compiler_left_out() -> Iterator[None]:
    """Replace the compiler by a stand-in until the imports are done."""
    compiler, utils = ModuleType(_COMPILER), ModuleType(_UTILS)
    compiler.disable = lambda function, *_, **__: function  # type: ignore[attr-defined]
    utils.is_compile_supported = lambda _device: False  # type: ignore[attr-defined]
    sys.modules[_COMPILER], sys.modules[_UTILS] = compiler, utils
    try:
        yield
    finally:
        del sys.modules[_COMPILER], sys.modules[_UTILS]
