"""A tagger of the bundled icons, for a first look at the server."""

from pathlib import Path

from labelsphere.comparison.demo import QUICK, plan_demo
from labelsphere.datasets import icons_path
from labelsphere.tagger import Tagger, Watch
from labelsphere.tagger.cache_folder import cache_folder
from labelsphere.tagger.features import feature_cache
from labelsphere.tagger.pipeline import run_training
from labelsphere.version import __version__


def demo_tagger(watch: Watch | None = None) -> Path:
    """Folder of a tagger of the bundled icons, trained at the first call and kept.

    Args:
        watch: Callbacks of the training.

    Returns:
        The folder, in the user's cache.

    Raises:
        MissingExtraError: If the backbone's weights are not installed (extra ``weights``).
    """
    folder = cache_folder() / f"demo-{__version__}"
    if not (folder / "config.json").exists():
        plan, tags = plan_demo(QUICK)
        trained = run_training(
            plan, tags, Tagger, features=feature_cache(icons_path()), watch=watch
        )
        trained.tagger.save(folder)
    return folder
