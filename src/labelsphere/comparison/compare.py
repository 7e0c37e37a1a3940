"""Methods side by side on the same data (§4.3, Figure 1)."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from labelsphere.annotations import Annotations, table_statistics
from labelsphere.artefact import new_file
from labelsphere.comparison.bench import Bench, OnProgress
from labelsphere.comparison.budget import batch_size, images_per_epoch, rate_steps, total_steps
from labelsphere.comparison.compared import compared, relate
from labelsphere.comparison.examples import example_images, nearest_labels
from labelsphere.comparison.folder import check_comparison_folder, clear_comparison
from labelsphere.comparison.machine import machine, versions
from labelsphere.comparison.protocols import apply_protocol
from labelsphere.comparison.rates import CRITERION_DEFINITION
from labelsphere.comparison.report import write_report
from labelsphere.comparison.rivals import rival_names
from labelsphere.comparison.runs import new_tagger, tagger_folder
from labelsphere.comparison.settings import ComparisonSettings
from labelsphere.comparison.shared_rows import usable_images
from labelsphere.errors import DataError, UsageError
from labelsphere.metrics import metric_definitions
from labelsphere.recipes import Recipe, parse_recipe
from labelsphere.tagger import DivergedError, Tagger
from labelsphere.tagger.devices import accelerator
from labelsphere.tagger.inputs import FeatureInputs, ImageInputs, Inputs
from labelsphere.version import __version__


@dataclass(frozen=True)
class Comparison:
    """A finished comparison.

    Attributes:
        folder: Where the report is.
        results: What ``results.json`` holds.
    """

    folder: Path
    results: dict[str, Any]


def compare(
    tags: Annotations,
    output: str | Path,
    *,
    methods: Sequence[str] = ("logistic", "paper"),
    inputs: Inputs | None = None,
    settings: ComparisonSettings | None = None,
    title: str = "",
    overwrite: bool = False,
    on_progress: OnProgress | None = None,
) -> Comparison:
    """Train methods on the same data with the same budget, and write a report.

    Every method gets the same backbone, first weights, order of images, number of steps and
    seeds; its learning rate is the one of the same grid with the highest score on the validation
    images (`choose_rate`), and its decoders are chosen there from the same families. A method whose
    training diverges is told of, and the others go on. Finished runs are kept in the output
    folder: an interrupted comparison goes on where it stopped when it is called again with the
    same arguments.

    Args:
        tags: Annotated images, with a column that names their set.
        output: Folder for ``report.html``, ``report.md``, ``curves.png``, ``results.json`` and the
            trained taggers.
        methods: Names, see ``RECIPES``; variations as in ``"paper+dim=512"``.
        inputs: Images or feature vectors, one a row of ``tags``; if None, the pictures of
            ``tags`` at 64 × 64.
        settings: Backbone, budget, seeds, split.
        title: What to call the data, and the command that repeats the comparison.
        overwrite: Whether to begin afresh in a folder that holds a comparison.
        on_progress: Told what is being done, units done, units in all, and a remark.

    Returns:
        The folder and the results.

    Raises:
        UsageError: If an argument is unknown or contradicts another.
        DataError: If the data cannot be trained on.
        ArtefactError: If the folder holds something else.
        DivergedError: If no training of any method came to its end.
    """
    settings = settings or ComparisonSettings()
    chosen = [parse_recipe(name) for name in methods]
    if not chosen or len({method.name for method in chosen}) < len(chosen):
        raise UsageError(f"methods must be one or more distinct names, but got {list(methods)}")
    rivals = rival_names(chosen, settings.rivals)
    folder = Path(output)
    check_comparison_folder(folder, overwrite=overwrite)
    if inputs is None:
        if tags.pictures is None:
            raise UsageError("the tag table has no pictures; give inputs, such as feature vectors")
        inputs = ImageInputs(tags.pictures)
    protocol = apply_protocol(settings.protocol, tags, split=settings.split, group=settings.group)
    bench = Bench(protocol, inputs, settings, folder, on_progress)
    # Everything that can be refused is refused before anything is written.
    bench.protocol = usable_images(protocol, inputs, partial(bench.progress, "reading inputs"))
    if isinstance(inputs, FeatureInputs):
        bench.inputs = inputs.fitted(bench.protocol.train)
    untargeted = {method.name: _without_target(bench, method) for method in chosen}
    devices = accelerator(settings.device)
    if overwrite and devices.is_main_process:
        clear_comparison(folder)
    devices.wait_for_everyone()
    (folder / "runs").mkdir(parents=True, exist_ok=True)
    entries = [
        compared(bench, method) | {"images_without_target": untargeted[method.name]}
        for method in chosen
    ]
    finished = [entry for entry in entries if entry["runs"]]
    if not finished:
        told = entries[0]["diverged"][0]["reason"]
        raise DivergedError(f"no training of any method came to its end; the first: {told}")
    relate(finished, rivals)
    names = {entry["name"] for entry in finished}
    taggers = {
        method.name: Tagger.load(tagger_folder(bench, method))
        for method in chosen
        if method.name in names
    }
    spaces = [space for method in chosen if (space := bench.space(method)) is not None]
    results = {
        "format": "labelsphere.comparison",
        "format_version": 2,
        "labelsphere": __version__,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "command": title,
        "machine": machine(),
        "versions": versions(),
        "data": _data(bench),
        "settings": _settings(bench),
        "definitions": metric_definitions(),
        "rate_criterion": CRITERION_DEFINITION,
        "methods": finished,
        "rivals": [name for name in rivals if name in names],
        "diverged": [
            {"name": entry["name"], "title": entry["title"], **one}
            for entry in entries
            for one in entry.pop("diverged")
        ],
        "examples": example_images(bench, taggers, settings.examples),
        "neighbors": nearest_labels(spaces[0]) if spaces else [],
    }
    if devices.is_main_process:
        with new_file(folder / "results.json") as beside:
            text = json.dumps(results, indent=1, ensure_ascii=False, allow_nan=False)
            beside.write_text(text + "\n", encoding="utf-8")
        write_report(results, folder)
    return Comparison(folder, results)


def _without_target(bench: Bench, method: Recipe) -> int:
    """Number of training images that a method has nothing to learn from.

    They are in its batches like all others, with loss 0. A tagger is made for it, which refuses
    what backbone, inputs and label space do not allow.

    Raises:
        DataError: If it is all of them.
    """
    train = bench.protocol.train
    usable = new_tagger(bench, method, bench.settings.seeds[0]).objective.usable(
        bench.protocol.learned[train]
    )
    if not usable.any():
        raise DataError(
            f"method {method.name!r} has no target for any of {len(train)} training images; "
            "expected tags that have a place in its label space"
        )
    return int(np.count_nonzero(~usable))


def _data(bench: Bench) -> dict[str, Any]:
    protocol, settings = bench.protocol, bench.settings
    statistics = table_statistics(protocol.counted)
    return {
        "protocol": settings.protocol,
        "split": settings.split,
        "group": settings.group,
        "images": {
            "train": images_per_epoch(bench),
            "val": len(protocol.val),
            "test": len(protocol.test),
        },
        "labels": protocol.tags.n_labels,
        "labels_per_image": statistics.labels_per_image,
        "median_occurrences": statistics.median_occurrences,
        "dropped": dict(protocol.dropped),
        "notes": list(protocol.notes),
    }


def _settings(bench: Bench) -> dict[str, Any]:
    settings, steps = bench.settings, total_steps(bench)
    shape = bench.inputs.sample_shape
    return {
        **settings.to_json(),
        "image_size" if len(shape) == 3 else "features": shape[-1],
        "steps": steps,
        "epochs": round(steps * batch_size(bench) / images_per_epoch(bench), 2),
        "rate_steps": rate_steps(bench),
    }
