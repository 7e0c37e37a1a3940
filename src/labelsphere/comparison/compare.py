"""Methods side by side on the same data (§4.3, Figure 1)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from labelsphere.annotations import Annotations, table_statistics
from labelsphere.comparison.equal_decoders import compare_with_equal_decoders
from labelsphere.comparison.examples import example_images, nearest_labels
from labelsphere.comparison.experiment import Experiment, OnProgress
from labelsphere.comparison.folder import check_comparison_folder, clear_comparison
from labelsphere.comparison.machine import machine, versions
from labelsphere.comparison.method_runs import method_result, run_method
from labelsphere.comparison.network_options import picture_inputs
from labelsphere.comparison.protocols import apply_protocol
from labelsphere.comparison.readable_images import usable_images
from labelsphere.comparison.report import write_report
from labelsphere.comparison.results import ComparisonResults
from labelsphere.comparison.settings import ComparisonSettings
from labelsphere.comparison.trainings import new_tagger, trained_tagger
from labelsphere.errors import DataError, UsageError
from labelsphere.json_types import Json
from labelsphere.metrics import metric_definitions
from labelsphere.recipes import Recipe, parse_recipe
from labelsphere.tagger import DivergedError, Tagger
from labelsphere.tagger.devices import accelerator
from labelsphere.tagger.features import frozen_features
from labelsphere.tagger.inputs import FeatureInputs, ImageInputs, Inputs, Progress
from labelsphere.version import __version__

DEFAULT_METHODS = ("sphere", "logistic", "paper")


@dataclass(frozen=True)
class Comparison:
    """A finished comparison.

    Attributes:
        folder: Where the report is.
        results: What ``results.json`` holds.
        taggers: Each method's tagger of the first seed, on the inputs that it was trained on.
    """

    folder: Path
    results: ComparisonResults
    taggers: Mapping[str, Tagger]


def compare(
    tags: Annotations,
    output: str | Path,
    *,
    methods: Sequence[str] = DEFAULT_METHODS,
    inputs: Inputs | None = None,
    settings: ComparisonSettings | None = None,
    title: str = "",
    overwrite: bool = False,
    on_progress: OnProgress | None = None,
) -> Comparison:
    """Train methods on the same data with the same budget, and write a report.

    Each method is judged as the tagger that ``labelsphere train --method`` gives. Every method
    gets the same backbone, first weights, order of images, number of steps and seeds. On the
    validation images its learning rate is chosen from the same grid, the best state of its network
    is kept, and the weights of its decoder are fitted, once. Metrics of single images and AP per
    class are measured with the default decoder, MAP@100 and weighted MAP@100 with the ``specific``
    one. Finished trainings are kept in the output folder: an interrupted comparison continues where
    it stopped when it is called again with the same arguments.

    Args:
        tags: Annotated images, with a column that names their split.
        output: Folder for ``report.html``, ``report.md``, ``curves.png``, ``results.json`` and the
            trained taggers.
        methods: Names, see ``labelsphere.recipes.RECIPES``; variations as in ``"paper+dim=512"``.
        inputs: Images or feature vectors, one a row of ``tags``; if None, the pictures of
            ``tags`` at 64 × 64, or at 128 × 128 for a frozen backbone.
        settings: Backbone, budget, seeds, split.
        title: The command that repeats the comparison, for the report.
        overwrite: Whether to replace a comparison that the folder holds.
        on_progress: Called with what is being done, units done, units in all, and a remark.

    Returns:
        The folder and the results.

    Raises:
        UsageError: If an argument is unknown or contradicts another.
        DataError: If the data cannot be trained on.
        ArtefactError: If the folder holds something else.
        DivergedError: If every training diverged.
    """
    settings = settings or ComparisonSettings()
    chosen = [parse_recipe(name) for name in methods]
    if not chosen or len({method.name for method in chosen}) < len(chosen):
        raise UsageError(f"methods must be one or more distinct names, but got {list(methods)}")
    baselines = _baselines(chosen, settings.baselines)
    folder = Path(output)
    check_comparison_folder(folder, overwrite=overwrite)
    # Everything that can be refused is refused before anything is written.
    if inputs is None:
        inputs = picture_inputs(tags, settings)
    experiment = _experiment(tags, inputs, settings, folder, on_progress)
    without_target = {method.name: _without_target(experiment, method) for method in chosen}
    devices = accelerator(settings.device)
    if overwrite and devices.is_main_process:
        clear_comparison(folder)
    devices.wait_for_everyone()
    (folder / "runs").mkdir(parents=True, exist_ok=True)
    found = [run_method(experiment, method) for method in chosen]
    finished = [one for one in found if one.runs]
    if not finished:
        reason = found[0].diverged[0].reason
        raise DivergedError(f"every training of every method diverged; the first: {reason}")
    against = {one.method.name: one for one in finished if one.method.name in baselines}
    taggers = {
        one.method.name: trained_tagger(experiment, one.method, one.plans[0]) for one in finished
    }
    spaces = [space for one in finished if (space := experiment.space(one.method)) is not None]
    results = ComparisonResults(
        labelsphere=__version__,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        command=title,
        machine=machine(),
        versions=versions(),
        data=_data(experiment),
        settings=_settings(experiment),
        definitions=metric_definitions(),
        delivered={one.method.name: one.delivered for one in finished},
        methods=tuple(
            method_result(experiment, one, against, without_target[one.method.name])
            for one in finished
        ),
        diverged=tuple(entry for one in found for entry in one.diverged),
        examples=example_images(experiment, taggers, settings.examples),
        neighbors=nearest_labels(spaces[0]) if spaces else (),
        equal_decoders=(
            compare_with_equal_decoders(experiment, finished) if settings.equal_decoders else None
        ),
    )
    if devices.is_main_process:
        results.write(folder / "results.json")
        write_report(results, folder)
    return Comparison(folder, results, taggers)


def _experiment(
    tags: Annotations,
    inputs: Inputs,
    settings: ComparisonSettings,
    folder: Path,
    on_progress: OnProgress | None,
) -> Experiment:
    """The images that every method can use, and their features where the backbone is frozen."""
    protocol = apply_protocol(settings.protocol, tags, split=settings.split, group=settings.group)
    preparation = None
    if settings.frozen is not None:
        if not isinstance(inputs, ImageInputs):
            raise UsageError("a frozen backbone needs pictures, but got feature vectors")
        preparation = inputs.settings()
        inputs = frozen_features(
            inputs,
            settings.frozen,
            settings.feature_cache,
            progress=_phase("computing features", on_progress),
            device=settings.device,
        )
    protocol = usable_images(protocol, inputs, _phase("reading inputs", on_progress))
    if isinstance(inputs, FeatureInputs):
        inputs = inputs.fitted(protocol.train)
    return Experiment(protocol, inputs, settings, folder, on_progress, preparation)


def _phase(what: str, on_progress: OnProgress | None) -> Progress | None:
    return None if on_progress is None else lambda done, total: on_progress(what, done, total, "")


def _baselines(methods: Sequence[Recipe], named: Sequence[str] | None) -> list[str]:
    """Names of the methods that the others are measured against.

    Raises:
        UsageError: If a name is not among the methods compared.
    """
    names = [method.name for method in methods]
    if named is None:
        return [method.name for method in methods if method.space is None]
    unknown = [name for name in named if name not in names]
    if unknown:
        raise UsageError(
            f"baselines must be among the methods compared, {', '.join(names)}, "
            f"but got {unknown[0]!r}"
        )
    return list(named)


def _without_target(experiment: Experiment, method: Recipe) -> int:
    """Number of training images that a method has nothing to learn from.

    They are in its batches like all others, with loss 0. A tagger is made for it, which refuses
    what backbone, inputs and label space do not allow.

    Raises:
        DataError: If it is all of them.
    """
    train = experiment.protocol.train
    usable = new_tagger(experiment, method, experiment.settings.seeds[0]).objective.usable(
        experiment.protocol.learned[train]
    )
    if not usable.any():
        raise DataError(
            f"method {method.name!r} has no target for any of {len(train)} training images; "
            "expected tags that its label space has an embedding of"
        )
    return int(np.count_nonzero(~usable))


def _data(experiment: Experiment) -> dict[str, Json]:
    protocol, settings = experiment.protocol, experiment.settings
    statistics = table_statistics(protocol.counted)
    return {
        "protocol": settings.protocol,
        "split": settings.split,
        "group": settings.group,
        "images": {
            "train": experiment.order.rows_per_epoch,
            "val": len(protocol.val),
            "test": len(protocol.test),
        },
        "labels": protocol.tags.n_labels,
        "labels_per_image": statistics.labels_per_image,
        "median_occurrences": statistics.median_occurrences,
        "dropped": dict(protocol.dropped),
        "notes": list(protocol.notes),
    }


def _settings(experiment: Experiment) -> dict[str, Json]:
    settings, steps, order = experiment.settings, experiment.steps(), experiment.order
    shape = experiment.inputs.sample_shape
    return {
        **settings.to_json(),
        "image_size" if len(shape) == 3 else "features": shape[-1],
        "steps": steps,
        "epochs": round(steps * order.batch_size / order.rows_per_epoch, 2),
    }
