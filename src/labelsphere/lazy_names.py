"""Lazy imports of a package's public names."""

from collections.abc import Callable, Mapping
from importlib import import_module


def names_from(package: str, homes: Mapping[str, str]) -> Callable[[str], object]:
    """Return the ``__getattr__`` of a package whose names are in its modules.

    Commands then import only what they use: ``labelsphere --help`` needs neither torch nor Polars,
    and tagging a picture needs no reader of tables.

    Args:
        package: The package's own ``__name__``.
        homes: For each public name, the module of the package that defines it.

    Examples:
        >>> names_from("labelsphere.linalg", {"top_k": "exact_search"})("top_k").__name__
        'top_k'
    """

    def get(name: str) -> object:
        if name in homes:
            return getattr(import_module(f"{package}.{homes[name]}"), name)
        raise AttributeError(f"module {package!r} has no attribute {name!r}")

    return get
