"""A tagger of the bundled icons, for a first look at the server."""

import os
from pathlib import Path

from labelsphere.datasets import read_icons
from labelsphere.tagger import Tagger
from labelsphere.version import __version__


def demo_tagger() -> Path:
    """Folder of a tagger of the bundled icons, trained at the first call and kept.

    Returns:
        The folder, in the user's cache.
    """
    cache = os.environ.get("LABELSPHERE_CACHE")
    base = Path(cache) if cache else Path.home() / ".cache" / "labelsphere"
    folder = base / f"demo-{__version__}"
    if not (folder / "config.json").exists():
        Tagger.train(read_icons()).save(folder)
    return folder
