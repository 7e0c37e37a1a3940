"""Labelsphere: image taggers with thousands of tags, trained by pointing at a sphere of tags.

The public names, and no more; each is imported when first asked for, so that
``labelsphere --help`` needs neither torch nor Polars.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from labelsphere.version import __version__

if TYPE_CHECKING:
    from labelsphere.annotations import Annotations
    from labelsphere.comparison import compare
    from labelsphere.metrics import evaluate
    from labelsphere.space import LabelSpace
    from labelsphere.tagger import Tagger

__all__ = ["Annotations", "LabelSpace", "Tagger", "__version__", "compare", "evaluate"]

_HOMES = {
    "Annotations": "labelsphere.annotations",
    "LabelSpace": "labelsphere.space",
    "Tagger": "labelsphere.tagger",
    "compare": "labelsphere.comparison",
    "evaluate": "labelsphere.metrics",
}


def __getattr__(name: str) -> object:
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'labelsphere' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
