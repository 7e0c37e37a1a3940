"""``labelsphere calibrate``: probabilities and thresholds of a tagger's tags."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from labelsphere.cli import tables
from labelsphere.cli.options import JsonOption, TaggerArgument, options_of_dataclasses
from labelsphere.cli.scored_images import ScoredOptions, read_scored

if TYPE_CHECKING:
    from labelsphere.tagger.calibration import Calibration, CalibrationCheck

_PANEL = "Goal"


@options_of_dataclasses
def calibrate(
    tagger: TaggerArgument,
    tags: tables.TagsArgument,
    precision: Annotated[
        float | None,
        typer.Option(
            help="Share of correct tags among the accepted ones; 0.9 without another goal.",
            rich_help_panel=_PANEL,
            show_default=False,
        ),
    ] = None,
    f1: Annotated[
        bool,
        typer.Option(
            "--f1", help="Choose the thresholds that maximise F1.", rich_help_panel=_PANEL
        ),
    ] = False,
    at_most: Annotated[
        int | None,
        typer.Option(
            help="Largest number of accepted tags per image.",
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
    report: Annotated[
        Path | None,
        typer.Option(
            help="Reliability diagram, .png or .svg; reliability.png in the tagger's folder.",
            show_default=False,
        ),
    ] = None,
    json: JsonOption = False,
    *,
    scored: ScoredOptions,
    table: Annotated[tables.TableOptions, tables.WITHOUT_LABELS],
) -> None:
    """Calibrate the probability of each tag, and find thresholds that meet a goal.

    A calibration fitted on half of the images is checked on the other half; the saved one is fitted
    on all of them. Tags with few images share a threshold with all tags of similar frequency.
    Writes thresholds.json, which may be edited, and a reliability diagram into the tagger's folder,
    and updates its model card.

    Examples:
        labelsphere calibrate tagger/ tags.csv

        labelsphere calibrate tagger/ tags.csv --f1

        labelsphere calibrate tagger/ tags.csv --at-most 12 --part test
    """
    from labelsphere.cli.output import print_json, remark
    from labelsphere.cli.phases import phases
    from labelsphere.json_types import to_json
    from labelsphere.tagger import Tagger
    from labelsphere.tagger.calibration import Goal
    from labelsphere.tagger.calibration.diagram import check_diagram_path
    from labelsphere.tagger.storage import DIAGRAM

    goal = Goal(precision=precision, f1=f1, at_most=at_most)
    loaded = Tagger.load(tagger)
    diagram = report or tagger / DIAGRAM
    check_diagram_path(diagram)
    with phases() as on_phase:
        images = read_scored(loaded, tags, table, scored, part, default="val", on_phase=on_phase)
        check = loaded.calibrate(
            images.tags, images.inputs, images.rows, goal, progress=partial(on_phase, "predicting")
        )
    assert loaded.calibration is not None
    loaded.save_calibration(tagger, check, diagram=report)
    if images.unreadable:
        remark(f"images left out because they cannot be read: {images.unreadable:,}")
    if json:
        result = {
            "tagger": tagger,
            "tags": tags,
            "part": images.part,
            "images": len(images.rows),
            "unreadable": images.unreadable,
            "goal": goal.describe(),
            "sources": _sources(loaded.calibration),
            "check": to_json(check),
            "diagram": diagram,
        }
        print_json(result)
    else:
        _print(loaded.calibration, check, len(images.rows))
        remark(f"written: {tagger / 'thresholds.json'}, {tagger / 'README.md'}, {diagram}")


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
