"""Cache folder of the user, for converted weights and computed features."""

import os
from pathlib import Path


def cache_folder() -> Path:
    """Return the user's cache folder, which may not exist yet.

    Returns:
        ``$LABELSPHERE_CACHE`` if that is set, else ``labelsphere`` in ``$XDG_CACHE_HOME``, else
        ``~/.cache/labelsphere``.
    """
    chosen = os.environ.get("LABELSPHERE_CACHE")
    if chosen:
        return Path(chosen).expanduser()
    shared = os.environ.get("XDG_CACHE_HOME")
    # The XDG specification requires that relative paths are ignored.
    base = Path(shared) if shared and Path(shared).is_absolute() else Path.home() / ".cache"
    return base / "labelsphere"
