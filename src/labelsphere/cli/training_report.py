"""Results of a finished training, as tables or as JSON."""

from pathlib import Path
from typing import TYPE_CHECKING

from labelsphere.cli.output import print_table
from labelsphere.cli.training_progress import STEPS_AVERAGED
from labelsphere.json_types import to_json

if TYPE_CHECKING:
    from labelsphere.tagger import Tagger
    from labelsphere.tagger.pipeline import Trained
    from labelsphere.tagger.report import MetricValue, Quality


def training_json(done: "Trained[Tagger]", output: Path) -> dict[str, object]:
    """Return all results of a training, for JSON."""
    from labelsphere.tagger.network import count_parameters

    tagger, report = done.tagger, done.report
    architecture = tagger.architecture
    return {
        "output": output,
        "method": report.method,
        "backbone": architecture.backbone,
        "objective": architecture.objective,
        "labels": len(tagger.vocabulary),
        "outputs": tagger.objective.width,
        "parameters": count_parameters(tagger.network),
        "images": dict(report.images),
        "left_out": dict(report.left_out),
        "choices": to_json(report.choices),
        "steps": report.steps,
        "best_step": report.best_step,
        "seconds": report.seconds,
        "loss": _last_loss(done),
        "history": to_json(done.record.history),
        "quality": to_json(report.quality),
    }


def print_training(done: "Trained[Tagger]") -> None:
    """Print the trained tagger, and its metrics with their definitions."""
    from labelsphere.tagger.network import count_parameters

    tagger, report = done.tagger, done.report
    rows = [
        ("Method", report.method),
        ("Backbone", tagger.architecture.backbone),
        ("Labels", f"{len(tagger.vocabulary):,}"),
        ("Parameters", f"{count_parameters(tagger.network):,}"),
        ("Images trained on", f"{report.images['train']:,}"),
        *((f"Images left out: {why}", f"{count:,}") for why, count in report.left_out.items()),
        ("Steps", f"{report.steps:,}"),
        ("Seconds", f"{report.seconds:,.1f}"),
    ]
    notes = []
    if report.best_step is not None:
        rows.append(("Weights kept", f"those of step {report.best_step:,}"))
    loss = _last_loss(done)
    if loss is not None:
        rows.append(("Loss", f"{loss:.4g}"))
        notes.append(f"Loss: mean of the last {STEPS_AVERAGED} steps.")
    print_table("Tagger", ["", "Value"], rows, notes)
    if report.quality is not None:
        _print_quality(report.quality)


def _print_quality(quality: "Quality") -> None:
    from labelsphere.tagger.card import BY_FREQUENCY, SHOWN

    shown = [key for key in SHOWN if key in quality.values]
    print_table(
        f"Quality on {quality.images:,} {quality.part} images",
        ["Metric", "Value", "From", "To"],
        [[key, *_cells(quality.values[key])] for key in shown],
        [
            *(f"{key}: {quality.definitions[key]}" for key in shown),
            "From, to: 95 % bootstrap interval over the images.",
        ],
    )
    print_table(
        "By number of training images with the tag",
        ["Training images", "Tags", *BY_FREQUENCY],
        [
            [name, quality.labels[name]]
            + [str(values[key]) if key in values else "–" for key in BY_FREQUENCY]
            for name, values in quality.by_frequency.items()
        ],
    )


def _cells(measured: "MetricValue") -> list[float | None]:
    return [measured.value, measured.low, measured.high]


def _last_loss(done: "Trained[Tagger]") -> float | None:
    losses = done.record.losses[-STEPS_AVERAGED:]
    return sum(losses) / len(losses) if losses else None
