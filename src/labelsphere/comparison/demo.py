"""The demo: logistic regression and the paper's method on the bundled icons."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from labelsphere.annotations import Annotations, part_rows
from labelsphere.comparison.compare import Comparison, compare
from labelsphere.comparison.experiment import OnProgress
from labelsphere.comparison.settings import ComparisonSettings
from labelsphere.datasets import read_icons
from labelsphere.tagger import Architecture, TrainingSettings
from labelsphere.tagger.inputs import ImageInputs


@dataclass(frozen=True)
class DemoRecipe:
    """One form of the demo.

    Attributes:
        settings: Backbone, budget and learning rates.
        image_size: Pixels of a side.
        images: Training, validation and test images to draw at random; None for all of them.
    """

    settings: ComparisonSettings
    image_size: int
    images: dict[str, int] | None = None


FULL = DemoRecipe(
    ComparisonSettings(
        Architecture("resnet10t", {"channels": [32, 64, 128, 256], "stem_type": ""}),
        TrainingSettings(epochs=8.0),
        rates=(1e-3, 3e-3, 1e-2),
        rate_share=0.1,
        evaluations=8,
    ),
    image_size=48,
)
"""Up to 15 minutes on two processor cores."""

QUICK = DemoRecipe(
    ComparisonSettings(
        Architecture("resnet10t", {"channels": [16, 32, 64, 128], "stem_type": ""}),
        TrainingSettings(steps=250),
        rates=(3e-3,),
        evaluations=5,
    ),
    image_size=32,
    images={"train": 6000, "val": 600, "test": 800},
)
"""Up to 2 minutes on two processor cores: shows that everything works, and no more."""


def run_demo(
    output: str | Path,
    quick: bool = False,
    *,
    title: str = "labelsphere demo",
    overwrite: bool = False,
    on_progress: OnProgress | None = None,
) -> Comparison:
    """Train both methods on the bundled icons and write the report.

    Args:
        output: Folder for the report. A demo that was interrupted there goes on.
        quick: Whether to take the short form, which is too short to judge the methods by.
        title: The command that repeats it.
        overwrite: Whether to begin afresh in a folder that holds a comparison.
        on_progress: As in `compare`.

    Returns:
        The folder and the results.

    Raises:
        ArtefactError: If the folder holds something else.
    """
    recipe = QUICK if quick else FULL
    tags = read_icons()
    if recipe.images is not None:
        tags = tags.select(_drawn(tags, recipe.images))
    if tags.pictures is None:
        raise AssertionError("the bundled icons are stored with their pictures")
    inputs = ImageInputs(tags.pictures, recipe.image_size, augment="shift")
    return compare(
        tags,
        output,
        inputs=inputs,
        settings=recipe.settings,
        title=title,
        overwrite=overwrite,
        on_progress=on_progress,
    )


def _drawn(tags: Annotations, images: dict[str, int]) -> list[int]:
    """So many random rows of each part, in the table's order."""
    random = np.random.default_rng(0)
    parts = [
        random.permutation(part_rows(tags, "split", part))[:count] for part, count in images.items()
    ]
    return sorted(int(row) for rows in parts for row in rows)
