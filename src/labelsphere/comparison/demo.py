"""The demo: train the recommended tagger on the bundled icons and compare it with other methods."""

from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np

from labelsphere.annotations import Annotations, split_rows
from labelsphere.comparison.compare import DEFAULT_METHODS, Comparison, compare
from labelsphere.comparison.experiment import OnProgress
from labelsphere.comparison.gallery import gallery
from labelsphere.comparison.report import write_report
from labelsphere.comparison.results import Run
from labelsphere.comparison.settings import ComparisonSettings
from labelsphere.datasets import icons_path, read_icons
from labelsphere.recipes import RECIPES, RECOMMENDED
from labelsphere.tagger import (
    Architecture,
    DivergedError,
    Tagger,
    TrainingOptions,
    TrainingSettings,
    Watch,
)
from labelsphere.tagger.features import feature_cache
from labelsphere.tagger.network import FEATURE_BACKBONE
from labelsphere.tagger.pipeline import Trained, finish_training
from labelsphere.tagger.plan import TrainingPlan
from labelsphere.tagger.planning import plan_training
from labelsphere.tagger.pretrained import resolve_pretrained
from labelsphere.tagger.training import TrainingRecord

WEIGHTS = "lite0"
"""The backbone's weights: they come with a package, so that no download is needed."""

_ICONS_SHOWN = 24


@dataclass(frozen=True)
class DemoRecipe:
    """One form of the demo.

    Attributes:
        compared: Budget, learning rates and the rest of the comparison.
        image_size: Pixels of a side.
        images: Training, validation and test images to draw at random; None for all of them.
        min_count: Tags on fewer icons of the whole collection are left out.
    """

    compared: ComparisonSettings
    image_size: int = 128
    images: dict[str, int] | None = None
    min_count: int = 1


FULL = DemoRecipe(
    ComparisonSettings(
        Architecture(FEATURE_BACKBONE),
        TrainingSettings(epochs=15.0),
        rates=(3e-3, 6e-3),
        rate_share=0.1,
        evaluations=6,
    ),
)
"""Up to 12 minutes on two processor cores."""

QUICK = DemoRecipe(
    ComparisonSettings(
        Architecture(FEATURE_BACKBONE),
        TrainingSettings(epochs=8.0),
        rates=(6e-3,),
        evaluations=4,
        resamples=100,
    ),
    images={"train": 5000, "val": 500, "test": 700},
)
"""Up to 2 minutes on two processor cores: a fifth of the icons, and few steps."""


@dataclass(frozen=True)
class Demo:
    """A finished demo.

    Attributes:
        trained: The recommended tagger, and how it was trained.
        tagger: Folder of the tagger.
        comparison: Folder and results of the comparison.
    """

    trained: Trained[Tagger]
    tagger: Path
    comparison: Comparison


def run_demo(
    output: str | Path,
    quick: bool = False,
    *,
    title: str = "labelsphere demo",
    overwrite: bool = False,
    on_progress: OnProgress | None = None,
    watch: Watch | None = None,
) -> Demo:
    """Train the recommended tagger on the bundled icons, compare it, and write the report.

    Args:
        output: Folder for the report. A demo that was interrupted there continues.
        quick: Whether to take the short form, which is too short to judge the methods by.
        title: The command that repeats it.
        overwrite: Whether to replace a comparison that the folder holds.
        on_progress: As in `compare`.
        watch: Callbacks of the training.

    Returns:
        The tagger and the comparison.

    Raises:
        ArtefactError: If the folder holds something else.
        MissingExtraError: If the backbone's weights are not installed (extra ``weights``).
    """
    recipe = QUICK if quick else FULL
    folder = Path(output)
    weights = resolve_pretrained(WEIGHTS)
    cache, (plan, tags) = feature_cache(icons_path()), plan_demo(recipe)
    compared = compare(
        tags,
        folder,
        methods=DEFAULT_METHODS,
        inputs=plan.inputs,
        settings=replace(recipe.compared, frozen=weights, feature_cache=cache),
        title=title,
        overwrite=overwrite,
        on_progress=on_progress,
    )
    # The comparison has trained the recommended tagger as `run_training` does.
    run = _recommended(compared)
    record = TrainingRecord(run.steps, run.seconds, list(run.curve), best_step=run.best_step)
    trained = finish_training(
        _plan(recipe, tags, run.rate),
        tags,
        compared.taggers[RECOMMENDED],
        record,
        features=cache,
        watch=watch,
    )
    trained.tagger.save(folder / "tagger", overwrite=True)
    report = None if on_progress is None else partial(on_progress, "tagging icons")
    opening = gallery(trained, tags, plan.inputs, _ICONS_SHOWN, progress=report)
    write_report(compared.results, folder, opening)
    return Demo(trained, folder / "tagger", compared)


def _recommended(compared: Comparison) -> Run:
    runs = {method.name: method.runs for method in compared.results.methods}
    if RECOMMENDED not in runs:
        raise DivergedError(compared.results.diverged[0].reason)
    return runs[RECOMMENDED][0]


def plan_demo(recipe: DemoRecipe) -> tuple[TrainingPlan, Annotations]:
    """Plan the training of the recommended tagger on bundled icons.

    Args:
        recipe: Which icons, and how long.

    Returns:
        The plan, and the icons' annotations.

    Raises:
        MissingExtraError: If the backbone's weights are not installed (extra ``weights``).
    """
    tags = read_icons(recipe.min_count)
    if recipe.images is not None:
        tags = tags.select(_drawn(tags, recipe.images))
    return _plan(recipe, tags), tags


def _plan(recipe: DemoRecipe, tags: Annotations, rate: float | None = None) -> TrainingPlan:
    options = TrainingOptions(
        pretrained=WEIGHTS,
        freeze=True,
        # As in the comparison.
        finetune=False,
        image_size=recipe.image_size,
        backbone_options=recipe.compared.architecture.options,
    )
    rate = RECIPES[RECOMMENDED].rate if rate is None else rate
    return plan_training(tags, options, settings=replace(recipe.compared.training, rate=rate))


def _drawn(tags: Annotations, images: dict[str, int]) -> list[int]:
    """Draw a number of rows of each split at random, in the table's order."""
    random = np.random.default_rng(0)
    return sorted(
        int(row)
        for split, count in images.items()
        for row in random.permutation(split_rows(tags, "split", split))[:count]
    )
