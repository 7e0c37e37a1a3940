"""``labelsphere evaluate``: metrics of a tagger on a table of tags."""

from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from labelsphere.cli import tables
from labelsphere.cli.options import (
    JsonOption,
    OverwriteFileOption,
    TaggerArgument,
    options_of_dataclasses,
)
from labelsphere.cli.scored_images import ScoredImages, ScoredOptions, read_scored

if TYPE_CHECKING:
    from collections.abc import Mapping

    from labelsphere.arrays import DoubleArray
    from labelsphere.metrics import AcceptedTags, Evaluation
    from labelsphere.tagger import Tagger

_PANEL = {"panel": "Metrics"}


@dataclass(frozen=True)
class MetricOptions:
    """Options of the metrics.

    Attributes:
        class_weights: CSV of label,weight: weights of the classes in weighted MAP@100. Default:
            frequency in training, between the two limits.
        weight_minimum: Smallest weight of a class, without a file. Default: 0.1.
        weight_maximum: Largest weight of a class, without a file. Default: 10.
        intervals: Compute bootstrap intervals over the images.
        resamples: Number of bootstrap resamples.
    """

    class_weights: Path | None = field(default=None, metadata=_PANEL)
    weight_minimum: float | None = field(default=None, metadata=_PANEL)
    weight_maximum: float | None = field(default=None, metadata=_PANEL)
    intervals: bool = field(default=False, metadata=_PANEL | {"flag": True})
    resamples: int = field(default=200, metadata=_PANEL | {"min": 2})


@options_of_dataclasses
def evaluate(
    tagger: TaggerArgument,
    tags: tables.TagsArgument,
    part: Annotated[
        str | None,
        typer.Option(
            help="Which images: train, val, test or all; test, or all where there is no split.",
            show_default=False,
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(help="File to write the result to, as JSON.", show_default=False),
    ] = None,
    overwrite: OverwriteFileOption = False,
    json: JsonOption = False,
    *,
    metrics: MetricOptions,
    scored: ScoredOptions,
    table: Annotated[tables.TableOptions, tables.WITHOUT_LABELS],
) -> None:
    """Measure a tagger on images that it has not been trained on (§4.2).

    Scores the test images of a table that has a split column, and otherwise all images. Tags that
    the tagger does not know and images that cannot be read are left out and counted. The definition
    of every metric is printed.

    Examples:
        labelsphere evaluate tagger/ tags.csv

        labelsphere evaluate tagger/ icons.parquet --group base_id --intervals --json
    """
    from labelsphere.artefact import check_free_file, new_file
    from labelsphere.cli.output import json_text, print_json
    from labelsphere.cli.phases import phases
    from labelsphere.metrics import evaluate as measure
    from labelsphere.metrics import measure_accepted
    from labelsphere.tagger import Tagger

    if output is not None:
        check_free_file(output, overwrite=overwrite)
    loaded = Tagger.load(tagger)
    weights = _weights(loaded, metrics)
    with phases() as on_phase:
        images = read_scored(loaded, tags, table, scored, part, default="test", on_phase=on_phase)
        truth = images.tags.matrix[images.rows]
        scores = loaded.scores(images.inputs, images.rows, progress=partial(on_phase, "predicting"))
        found = measure(
            scores,
            truth,
            label_counts=loaded.labels.counts,
            class_weights=weights,
            n_images=loaded.labels.n_images,
            progress=partial(on_phase, "measuring"),
        )
        accepted = (
            None
            if loaded.calibration is None
            else measure_accepted(
                scores,
                loaded.calibration.accept_scores,
                truth,
                loaded.labels.counts,
            )
        )
    spread = found.intervals(metrics.resamples) if metrics.intervals else {}
    result = {
        "tagger": tagger,
        "tags": tags,
        "part": images.part,
        "unreadable": images.unreadable,
        **found.to_json(),
        "intervals": spread,
        "accepted": None
        if accepted is None
        else {
            "goal": _goal(loaded),
            "values": accepted.values,
            "by_frequency": accepted.by_frequency,
        },
    }
    _remarks(images, found, calibrated=accepted is not None)
    if output is not None:
        with new_file(output) as temporary:
            temporary.write_text(json_text(result), encoding="utf-8")
    if json:
        print_json(result)
        return
    _print(images.part, found, spread)
    if accepted is not None:
        _print_accepted(_goal(loaded), accepted)


def _weights(tagger: "Tagger", options: MetricOptions) -> "DoubleArray":
    """Class weights from the file, or from the labels' frequencies in training."""
    from labelsphere.annotations.report import number_of
    from labelsphere.cli.output import remark
    from labelsphere.errors import UsageError
    from labelsphere.metrics import capped_frequency_weights
    from labelsphere.metrics.weight_file import read_class_weights

    file = options.class_weights
    limits = {"minimum": options.weight_minimum, "maximum": options.weight_maximum}
    given = {name: value for name, value in limits.items() if value is not None}
    if file is None:
        return capped_frequency_weights(tagger.labels.counts, **given)
    if given:
        raise UsageError(
            "--class-weights contradicts --weight-minimum and --weight-maximum: give one of them"
        )
    read = read_class_weights(file, tagger.vocabulary.names)
    if read.unknown:
        remark(f"{file}: ignored {number_of(len(read.unknown), 'label')} that the tagger lacks")
    return read.weights


def _goal(tagger: "Tagger") -> str:
    """Describe the goal of a calibrated tagger."""
    assert tagger.calibration is not None
    return tagger.calibration.goal.describe()


def _remarks(images: ScoredImages, found: "Evaluation", *, calibrated: bool) -> None:
    from labelsphere.annotations.report import number_of
    from labelsphere.cli.output import remark

    if not calibrated:
        remark("not calibrated, so no tags are accepted; for thresholds: labelsphere calibrate")
    if images.unreadable:
        remark(f"{number_of(images.unreadable, 'image')} left out: cannot be read")
    if found.n_images_without_tags:
        remark(
            f"{number_of(found.n_images_without_tags, 'image')} of {found.n_images:,} without "
            "a tag that the tagger knows: metrics per image leave them out"
        )


def _print(part: str, found: "Evaluation", spread: "Mapping[str, tuple[float, float]]") -> None:
    from labelsphere.cli.output import print_table

    title = (
        f"{found.n_images:,} images ({part}), {found.n_labels_in_truth:,} of "
        f"{found.n_labels:,} labels on them"
    )
    notes = [f"{key}: {sentence}" for key, sentence in found.definitions.items()]
    notes.append(f"Highest possible weighted_map@100: {found.highest_weighted_map:.4f}.")
    if spread:
        rows = [[key, value, *spread[key]] for key, value in found.values.items()]
        notes.append("From, to: 95 % bootstrap interval over the images.")
        print_table(title, ["Metric", "Value", "From", "To"], rows, notes)
    else:
        print_table(title, ["Metric", "Value"], list(found.values.items()), notes)
    print_table(
        "By number of training images with the label",
        ["Metric", *found.by_frequency],
        [[key, *(one.get(key) for one in found.by_frequency.values())] for key in found.values],
    )


def _print_accepted(goal: str, accepted: "AcceptedTags") -> None:
    from labelsphere.cli.output import print_table
    from labelsphere.metrics import ACCEPTED_METRICS

    buckets = accepted.by_frequency
    print_table(
        f"Accepted tags, for {goal}, by number of training images with the label",
        ["Metric", "all", *buckets],
        [
            [key, *(one.get(key) for one in (accepted.values, *buckets.values()))]
            for key in accepted.values
        ],
        [f"{key}: {ACCEPTED_METRICS[key]}" for key in accepted.values],
    )
