"""Model card of a saved tagger: method, usage, training and quality."""

from collections.abc import Sequence

from labelsphere.recipes import RECIPES
from labelsphere.tagger.architecture import Architecture
from labelsphere.tagger.calibration import Calibration, CalibrationCheck
from labelsphere.tagger.label_context import LabelContext
from labelsphere.tagger.report import Quality, TrainingReport
from labelsphere.version import __version__

_CARD = """\
---
library_name: labelsphere
tags:
- image-classification
- multi-label
---

# Tagger: {labels:,} tags

| | |
|---|---|
| backbone | `{backbone}` |
| method | {method} |
| decoder | {decoder} |
| tags | {labels:,} |
| training images | {images:,} |
| label space | {space} |
| made with | Labelsphere {version} |

```python
import labelsphere as ls

tagger = ls.Tagger.load("PATH OF THIS FOLDER")
tagger.tag({example})
```

Most frequent tags in training: {frequent}.
{quality}{calibration}{training}
## Limits

A tag that no training image has is not predicted. Tags of training data are rarely complete: a tag
that is missing on an image may still be true, so metrics are lower bounds.
"""

SHOWN = ("precision@1", "precision@5", "recall@10", "image_ap", "class_ap", "map@100")
"""Metrics on the card."""

BY_FREQUENCY = ("recall@10", "class_ap")
"""Metrics on the card for each bucket of training counts."""


def tagger_card(
    architecture: Architecture,
    labels: LabelContext,
    report: TrainingReport | None,
    calibration: Calibration | None = None,
    check: CalibrationCheck | None = None,
) -> str:
    """Format the model card as Markdown.

    Args:
        architecture: Backbone, objective and decoder.
        labels: The labels and the label space.
        report: Report on training and quality, if there is one.
        calibration: Calibration of the tagger, if it has one.
        check: Check of the calibration; taken from the report if None.
    """
    if check is None and report is not None:
        check = report.calibration
    most = labels.counts.argsort(kind="stable")[::-1][:10]
    space = labels.space
    return _CARD.format(
        labels=len(labels.vocabulary),
        backbone=architecture.backbone,
        method=method_description(architecture.objective, report),
        decoder=architecture.decoder or "the method's own",
        images=labels.n_images,
        space="none" if space is None else f"{space.dim:,} dimensions, see `space/`",
        version=__version__,
        frequent=", ".join(labels.vocabulary[number] for number in most.tolist()),
        example='"picture.png"',
        quality="" if report is None or report.quality is None else _quality(report.quality),
        calibration="" if check is None else _calibration(check, calibration),
        training="" if report is None else _training(report),
    )


def method_description(objective: str, report: TrainingReport | None = None) -> str:
    """Describe a tagger's method: its recipe, or the first one with its objective."""
    name = "" if report is None else report.method.split("+")[0]
    of_objective = [recipe for recipe in RECIPES.values() if recipe.objective == objective]
    recipe = RECIPES.get(name) or next(iter(of_objective), None)
    called = report.method if report is not None and report.method else objective
    return called if recipe is None else f"{called}: {recipe.description}"


def _quality(quality: Quality) -> str:
    shown = [key for key in SHOWN if key in quality.values]
    note = (
        ""
        if quality.part == "test"
        else "\nThere were no test images. The weights were chosen on these validation images, so "
        "expect lower values on other images.\n"
    )
    lines = [
        "",
        "## Quality",
        "",
        f"On {quality.images:,} {quality.part} images, with 95 % bootstrap intervals over images.",
        note,
        *_table(["metric", "value"], [[key, str(quality.values[key])] for key in shown]),
        "",
        "By number of training images with the tag:",
        "",
        *_table(
            ["training images", "tags", *BY_FREQUENCY],
            [
                [name, f"{quality.labels[name]:,}"]
                + [str(values[key]) if key in values else "–" for key in BY_FREQUENCY]
                for name, values in quality.by_frequency.items()
            ],
        ),
        "",
        *(f"- {key}: {quality.definitions[key]}" for key in shown),
        "",
    ]
    return "\n".join(lines)


def _calibration(check: CalibrationCheck, calibration: Calibration | None) -> str:
    goal = "" if calibration is None else f"Thresholds are for: {calibration.goal.describe()}. "

    def number(value: float | None) -> str:
        return "–" if value is None else f"{value:.3f}"

    lines = [
        "",
        "## Calibration",
        "",
        f"{goal}Checked on {check.checked_images:,} images, fitted on {check.fitted_images:,} "
        "others. Error: expected calibration error over all pairs of image and tag. Promised and "
        "reached: precision of the accepted tags, with a 95 % bootstrap interval over images. "
        "Thresholds are in `thresholds.json`.",
        "",
        *_table(
            ["training images", "tags", "error", "accepted", "promised", "reached", "recall"],
            [
                [
                    name,
                    f"{one.labels:,}",
                    f"{one.calibration_error:.4f}",
                    f"{one.accepted:,.0f}",
                    number(one.promised),
                    number(one.reached)
                    + ("" if one.low is None else f" [{number(one.low)}, {number(one.high)}]"),
                    number(one.recall),
                ]
                for name, one in check.by_frequency.items()
            ],
        ),
        "",
    ]
    return "\n".join(lines)


def _training(report: TrainingReport) -> str:
    images = ", ".join(f"{count:,} {part}" for part, count in report.images.items())
    out = "".join(f"; left out: {count:,} ({why})" for why, count in report.left_out.items())
    kept = "" if report.best_step is None else f", weights of step {report.best_step:,}"
    lines = [
        "",
        "## Training",
        "",
        f"Images: {images}{out}. Steps: {report.steps:,} in {report.seconds:,.0f} s{kept}.",
        "",
        *_table(
            ["choice", "value", "reason", "option"],
            [[c.subject, c.value, c.reason, f"`{c.option}`"] for c in report.choices],
        ),
        "",
    ]
    return "\n".join(lines)


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    cells = [head, ["---"] * len(head), *rows]
    return [f"| {' | '.join(cell.replace('|', '∣') for cell in row)} |" for row in cells]
