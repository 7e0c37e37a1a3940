"""What a finished training made, as a table or as JSON."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from labelsphere.cli.output import print_table
from labelsphere.cli.training_progress import SHOWN, STEPS_AVERAGED, left_out

if TYPE_CHECKING:
    from labelsphere.tagger.plan import Trained


def training_json(done: "Trained", output: Path) -> dict[str, Any]:
    """Everything about a training that a program may ask for."""
    from labelsphere.tagger.network import count_parameters

    architecture = done.tagger.architecture
    return {
        "output": output,
        "backbone": architecture.backbone,
        "objective": architecture.objective,
        "labels": len(done.tagger.vocabulary),
        "outputs": done.tagger.objective.width,
        "parameters": count_parameters(done.tagger.network),
        "images": {"train": len(done.rows.train), "val": len(done.rows.val)},
        "left_out": {why: count for count, why in left_out(done.rows)},
        "steps": done.record.steps,
        "seconds": done.record.seconds,
        "loss": _last_loss(done),
        "history": done.record.history,
    }


def print_training(done: "Trained") -> None:
    """Print a training's figures, those of the last validation with their definitions."""
    from labelsphere.metrics import metric_definitions

    facts = training_json(done, Path())
    rows = [
        ("Backbone", facts["backbone"]),
        ("Objective", facts["objective"]),
        ("Labels", f"{facts['labels']:,}"),
        ("Outputs", f"{facts['outputs']:,}"),
        ("Parameters", f"{facts['parameters']:,}"),
        ("Images trained on", f"{facts['images']['train']:,}"),
        *((f"Images left out: {why}", f"{count:,}") for why, count in facts["left_out"].items()),
        ("Steps", f"{facts['steps']:,}"),
        ("Seconds", f"{facts['seconds']:,.1f}"),
    ]
    notes = []
    if facts["loss"] is not None:
        rows.append(("Loss", f"{facts['loss']:.4g}"))
        notes.append(f"Loss: mean of the last {STEPS_AVERAGED} steps.")
    if facts["history"]:
        values = facts["history"][-1]["values"]
        definitions = metric_definitions()
        rows += [(f"{key}, validation", f"{values[key]:.4f}") for key in SHOWN]
        notes += [f"{key}: {definitions[key]}" for key in SHOWN]
    print_table("Tagger", ["", "Value"], rows, notes)


def _last_loss(done: "Trained") -> float | None:
    losses = done.record.losses[-STEPS_AVERAGED:]
    return sum(losses) / len(losses) if losses else None
