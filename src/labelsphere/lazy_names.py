"""Names of a package that are imported when they are first asked for."""

from collections.abc import Callable, Mapping
from importlib import import_module


def names_from(package: str, homes: Mapping[str, str]) -> Callable[[str], object]:
    """The ``__getattr__`` of a package whose names are in its modules.

    What a command does not use is then not imported: ``labelsphere --help`` needs neither torch nor
    Polars, and tagging a picture needs no reader of tables.

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
