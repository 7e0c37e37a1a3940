"""Tagger of the bundled icons, for a demonstration of the server."""

from dataclasses import replace
from pathlib import Path

from labelsphere.comparison.demo import QUICK, DemoRecipe, plan_demo
from labelsphere.datasets import icons_path
from labelsphere.tagger import Tagger, Watch
from labelsphere.tagger.cache_folder import cache_folder
from labelsphere.tagger.features import feature_cache
from labelsphere.tagger.pipeline import run_training
from labelsphere.version import __version__

RECIPE = replace(QUICK, images={"train": 3500, "val": 400}, min_count=40)
"""A seventh of the icons and their 694 most frequent tags: less than a minute on two CPU cores.
Computing the features takes half of the time."""


def demo_tagger(watch: Watch | None = None, recipe: DemoRecipe = RECIPE) -> Path:
    """Return the folder of a tagger of the bundled icons, which the first call trains.

    Args:
        watch: Callbacks of training.
        recipe: Icons and length of training. Only the first call uses it.

    Returns:
        The folder, in the user's cache folder.

    Raises:
        MissingExtraError: If the backbone's weights are not installed (extra ``weights``).
    """
    folder = cache_folder() / f"demo-{__version__}"
    if not (folder / "config.json").exists():
        plan, tags = plan_demo(recipe)
        trained = run_training(
            plan, tags, Tagger, features=feature_cache(icons_path()), watch=watch
        )
        trained.tagger.save(folder)
    return folder
