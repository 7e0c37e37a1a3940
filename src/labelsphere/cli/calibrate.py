"""``labelsphere calibrate``: probabilities and thresholds of a tagger's tags."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from labelsphere.cli import inputs as fed
from labelsphere.cli import tables

if TYPE_CHECKING:
    from labelsphere.annotations import Annotations
    from labelsphere.tagger.calibration import Calibration, CalibrationCheck

_PANEL = "Goal"
_DIAGRAM = "reliability.png"


def calibrate(
    tagger: Annotated[
        Path, typer.Argument(metavar="TAGGER", help="Folder of a tagger.", show_default=False)
    ],
    tags: tables.TagsArgument,
    precision: Annotated[
        float | None,
        typer.Option(
            help="Share of right tags among the accepted ones; 0.9 without another goal.",
            rich_help_panel=_PANEL,
            show_default=False,
        ),
    ] = None,
    f1: Annotated[
        bool,
        typer.Option("--f1", help="Accept what makes F1 highest.", rich_help_panel=_PANEL),
    ] = False,
    at_most: Annotated[
        int | None,
        typer.Option(
            help="Accept at most so many tags an image.",
            min=1,
            rich_help_panel=_PANEL,
            show_default=False,
        ),
    ] = None,
    part: Annotated[
        str | None,
        typer.Option(
            help="Which images: val, test, train or all; val, or all where there is no split. "
            "The tagger must not have been trained on them.",
            show_default=False,
        ),
    ] = None,
    split: fed.SplitOption = None,
    group: fed.GroupOption = None,
    report: Annotated[
        Path | None,
        typer.Option(
            help=f"Reliability diagram, .png or .svg; {_DIAGRAM} in the tagger's folder.",
            show_default=False,
        ),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    features: fed.FeaturesOption = None,
    feature_column: fed.FeatureColumnOption = None,
    device: fed.DeviceOption = "auto",
    format: tables.FormatOption = None,
    separator: tables.SeparatorOption = None,
    image_column: tables.ImageColumnOption = None,
    tag_column: tables.TagColumnOption = None,
    images: tables.ImagesOption = None,
    min_confidence: tables.MinConfidenceOption = 0.0,
    label_names: tables.LabelNamesOption = None,
    keep: tables.KeepOption = None,
) -> None:
    """Find the probability of each tag, and thresholds that meet a goal.

    Half of the images fit, the other half checks what is promised; what is kept is fitted on all
    of them. Tags with few images take the thresholds of all tags that are as frequent. Writes
    thresholds.json, which may be edited, and a reliability diagram into the tagger's folder.

    Examples:
        labelsphere calibrate tagger/ tags.csv

        labelsphere calibrate tagger/ tags.csv --f1

        labelsphere calibrate tagger/ tags.csv --at-most 12 --part test
    """
    from labelsphere.annotations import split_column
    from labelsphere.cli.output import print_json, remark
    from labelsphere.cli.phases import phases
    from labelsphere.tagger import Tagger
    from labelsphere.tagger.calibration import Goal
    from labelsphere.tagger.calibration.diagram import check_diagram_path, write_diagram
    from labelsphere.tagger.calibration.storage import save_calibration
    from labelsphere.tagger.devices import accelerator
    from labelsphere.tagger.training_rows import choose_scored_rows

    goal = Goal(precision=precision, f1=f1, at_most=at_most)
    loaded = Tagger.load(tagger)
    diagram = report or tagger / _DIAGRAM
    check_diagram_path(diagram)
    annotations = tables.read_table(
        tags,
        format=format,
        separator=separator,
        image_column=image_column,
        tag_column=tag_column,
        images=images,
        min_confidence=min_confidence,
        vocabulary=loaded.vocabulary,
        label_names=label_names,
        keep=keep or (),
    )
    inputs = fed.inputs_like(loaded, annotations, features=features, feature_column=feature_column)
    loaded.network.to(accelerator(device).device)
    chosen = _part(part, annotations, split)
    with phases() as tell:
        rows, unreadable = choose_scored_rows(
            annotations,
            inputs,
            split=split_column(annotations, split),
            part=chosen,
            group=group,
            progress=partial(tell, "reading inputs"),
        )
        check = loaded.calibrate(
            annotations, inputs, rows, goal, progress=partial(tell, "predicting")
        )
    assert loaded.calibration is not None
    save_calibration(loaded.calibration, tagger)
    write_diagram(check, diagram)
    if unreadable:
        remark(f"images left out because they cannot be read: {unreadable:,}")
    if json:
        result = {
            "tagger": tagger,
            "tags": tags,
            "part": chosen or "all",
            "images": len(rows),
            "unreadable": unreadable,
            "goal": goal.describe(),
            "sources": _sources(loaded.calibration),
            "check": check.to_json(),
            "diagram": diagram,
        }
        print_json(result)
    else:
        _print(loaded.calibration, check, len(rows))
        remark(f"written: {tagger / 'thresholds.json'}, {diagram}")


def _part(part: str | None, annotations: "Annotations", split: str | None) -> str | None:
    """The part to calibrate on; None for all images."""
    from labelsphere.annotations import split_column

    if part is None:
        return None if split_column(annotations, split) is None else "val"
    return None if part == "all" else part


def _sources(calibration: "Calibration") -> dict[str, int]:
    from labelsphere.tagger.calibration import SOURCES

    found = {source: calibration.sources.count(source) for source in SOURCES}
    return {source: count for source, count in found.items() if count}


def _print(calibration: "Calibration", check: "CalibrationCheck", images: int) -> None:
    from labelsphere.cli.output import print_table
    from labelsphere.tagger.calibration import SOURCES

    rows: list[list[Any]] = []
    for name, one in check.by_frequency.items():
        interval = None if one.low is None else f"{one.low:.2f} to {one.high:.2f}"
        rows.append(
            [
                name,
                one.labels,
                one.calibration_error,
                round(one.accepted),
                one.promised,
                one.reached,
                interval,
                one.recall,
            ]
        )
    notes = [
        f"Thresholds of {count:,} tags come from {SOURCES[source]}."
        for source, count in _sources(calibration).items()
    ]
    notes += [
        "Error: expected calibration error over all pairs of image and tag.",
        "Promised and reached: precision of the accepted tags, with a 95 % interval over images.",
    ]
    print_table(
        f"Goal: {calibration.goal.describe()}. Fitted on {images:,} images; checked on "
        f"{check.checked_images:,} of them by a fit on the other {check.fitted_images:,}",
        [
            "Training images",
            "Tags",
            "Error",
            "Accepted",
            "Promised",
            "Reached",
            "Interval",
            "Recall",
        ],
        rows,
        notes,
    )
