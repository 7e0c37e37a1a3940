"""Saving and loading of taggers: settings, weights, labels, label space and model card."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load_file as load_arrays
from safetensors.numpy import save_file as save_arrays
from safetensors.torch import load_file, save_file
from scipy.sparse import csr_array
from torch import Tensor

from labelsphere.annotations.label_table import write_labels
from labelsphere.arrays import IntArray, SparseRows
from labelsphere.artefact import new_file, new_folder, read_config, write_config
from labelsphere.errors import ArtefactError
from labelsphere.json_types import from_json, to_json
from labelsphere.space import LabelSpace
from labelsphere.space.storage import read_checked_labels
from labelsphere.tagger.architecture import Architecture
from labelsphere.tagger.calibration import Calibration
from labelsphere.tagger.calibration.check import CalibrationCheck
from labelsphere.tagger.calibration.diagram import write_diagram
from labelsphere.tagger.calibration.storage import load_calibration, save_calibration
from labelsphere.tagger.card import tagger_card
from labelsphere.tagger.decoders import DecoderWeights
from labelsphere.tagger.devices import is_main_process
from labelsphere.tagger.inputs import shape_only
from labelsphere.tagger.label_context import LabelContext
from labelsphere.tagger.report import TrainingReport
from labelsphere.tagger.tag_sets import TagSets
from labelsphere.tagger.trained_split import TrainedSplit

_VERSION = 1
_TAG_SETS = "tag_sets.safetensors"
_TRAINED_AS = "trained_as.safetensors"
_SPLIT = "split.safetensors"

DIAGRAM = "reliability.png"
"""File of the reliability diagram in a tagger's folder."""


@dataclass(frozen=True)
class TaggerParts:
    """Contents of a tagger's folder.

    Attributes:
        architecture: Backbone, objective and decoder.
        labels: The labels, their counts, label space and tag sets.
        preparation: Settings of the inputs.
        sample_shape: Shape of one input.
        weights: The network's state.
        decoder_weights: Weights of the decoder's terms; None for its defaults.
        report: Report on training and quality; None if unknown.
        calibration: Probabilities and thresholds; None without calibration.
        split: The split made by training; None if the table had one.
    """

    architecture: Architecture
    labels: LabelContext
    preparation: Mapping[str, Any]
    sample_shape: tuple[int, ...]
    weights: Mapping[str, Tensor]
    decoder_weights: DecoderWeights | None = None
    report: TrainingReport | None = None
    calibration: Calibration | None = None
    split: TrainedSplit | None = None


def write_tagger(parts: TaggerParts, folder: Path, *, overwrite: bool) -> None:
    """Write a tagger to a folder, atomically; of several processes only the main one writes.

    Raises:
        ArtefactError: If the folder is in use and ``overwrite`` is off.
    """
    if not is_main_process():
        return
    labels = parts.labels
    with new_folder(folder, overwrite=overwrite) as temporary:
        weights = {name: value.cpu().contiguous() for name, value in parts.weights.items()}
        save_file(weights, temporary / "model.safetensors")
        write_labels(temporary, labels.vocabulary, labels.counts)
        if labels.space is not None:
            labels.space.save(temporary / "space")
        if labels.tag_sets is not None:
            _save_tag_sets(temporary / _TAG_SETS, labels.tag_sets)
        if labels.trained_as is not None:
            save_arrays({"trained_as": labels.trained_as}, temporary / _TRAINED_AS)
        if parts.split is not None:
            parts.split.save(temporary / _SPLIT)
        _write_texts(parts, None, temporary)
        if parts.calibration is not None:
            save_calibration(parts.calibration, temporary)
        if parts.report is not None and parts.report.calibration is not None:
            write_diagram(parts.report.calibration, temporary / DIAGRAM)


def write_calibration(
    parts: TaggerParts, check: CalibrationCheck, folder: Path, *, diagram: Path | None = None
) -> None:
    """Write a new calibration to a saved tagger's folder, each file atomically.

    Updates the thresholds, the report, the model card and the reliability diagram.

    Args:
        parts: The tagger, with its calibration.
        check: Check of the calibration.
        folder: The tagger's folder.
        diagram: Path of the reliability diagram, instead of the folder's. An existing diagram in
            the folder is replaced too.
    """
    assert parts.calibration is not None
    save_calibration(parts.calibration, folder)
    _write_texts(parts, check, folder)
    if diagram is not None:
        write_diagram(check, diagram)
    if diagram is None or (folder / DIAGRAM).exists():
        write_diagram(check, folder / DIAGRAM)


def _write_texts(parts: TaggerParts, check: CalibrationCheck | None, folder: Path) -> None:
    """Write the settings and the model card."""
    architecture, labels = parts.architecture, parts.labels
    fitted, report = parts.decoder_weights, parts.report
    write_config(
        folder,
        "tagger",
        _VERSION,
        {
            "backbone": architecture.backbone,
            "backbone_options": dict(architecture.options or {}),
            "feature_network": to_json(architecture.feature_network),
            "objective": architecture.objective,
            "decoder": architecture.decoder,
            "decoder_weights": None if fitted is None else fitted.to_json(),
            "preparation": dict(parts.preparation),
            "sample_shape": list(parts.sample_shape),
            "training_images": labels.n_images,
            "training_labels": labels.n_outputs,
            "vocabulary": labels.vocabulary.fingerprint(),
            "report": to_json(report),
        },
    )
    card = tagger_card(architecture, labels, report, parts.calibration, check)
    with new_file(folder / "README.md") as temporary:
        temporary.write_text(card, encoding="utf-8")


def read_tagger(folder: Path) -> TaggerParts:
    """Read a saved tagger.

    Raises:
        ArtefactError: If the folder is missing or damaged, has another kind or a newer format, or
            its labels differ from those in training.
    """
    config = read_config(folder, "tagger", _VERSION)
    vocabulary, counts = read_checked_labels(folder, config.get("vocabulary"))
    calibration = load_calibration(folder, tuple(vocabulary))
    space = LabelSpace.load(folder / "space") if (folder / "space").is_dir() else None
    with damage_reported(folder):
        if space is not None:
            space.check_vocabulary(vocabulary)
        sets = _load_tag_sets(folder / _TAG_SETS, len(vocabulary))
        trained_as = _load_trained_as(folder / _TRAINED_AS, len(vocabulary))
        fitted, report = config.get("decoder_weights"), config.get("report")
        weights = load_file(folder / "model.safetensors")
        return TaggerParts(
            _architecture(config, weights),
            LabelContext(
                vocabulary,
                counts,
                int(config["training_images"]),
                space,
                sets,
                trained_as,
                None if trained_as is None else int(config["training_labels"]),
            ),
            config["preparation"],
            # Check the preparation now, not when the first picture is tagged.
            shape_only(config["preparation"]).sample_shape,
            weights,
            None if fitted is None else DecoderWeights.from_json(fitted),
            None if report is None else from_json(TrainingReport, report),
            calibration,
            TrainedSplit.load(folder / _SPLIT),
        )


def _architecture(config: Mapping[str, Any], weights: Mapping[str, Tensor]) -> Architecture:
    """Read the architecture from a configuration.

    The width of a `FeatureNetwork` is taken from its weights, because its default has changed.
    """
    options = {name: config.get(name) for name in ("backbone_options", "feature_network")}
    for name, prefix in (("backbone_options", ""), ("feature_network", "head_network.")):
        first = weights.get(f"{prefix}trunk.0.weight")
        given = options[name]
        if first is not None and given is not None:
            options[name] = {"hidden": len(first), **given}
    return Architecture(
        config["backbone"],
        options["backbone_options"],
        config["objective"],
        config.get("decoder"),
        options["feature_network"],
    )


@contextmanager
def damage_reported(folder: Path) -> Iterator[None]:
    """Convert errors of a folder's damaged contents to an `ArtefactError`.

    Raises:
        ArtefactError: Instead of any error that damaged contents cause.
    """
    try:
        yield
    except (
        OSError,
        SafetensorError,
        RuntimeError,
        LookupError,
        TypeError,
        ValueError,
        AttributeError,
    ) as error:
        reason = str(error).splitlines()[0]
        raise ArtefactError(f"{folder} is damaged ({reason}); save the tagger again") from error


def _save_tag_sets(path: Path, sets: TagSets) -> None:
    """Save the labels of each set as numbers, without data of their images."""
    starts, labels = sets.members.indptr.astype(np.int64), sets.members.indices.astype(np.int32)
    save_arrays({"starts": starts, "labels": labels, "counts": sets.counts}, path)


def _load_tag_sets(path: Path, n_labels: int) -> TagSets | None:
    """Load the tag sets, or None if there are none.

    Raises:
        ValueError: If their labels are out of range.
    """
    if not path.exists():
        return None
    arrays = load_arrays(path)
    parts = (np.ones(len(arrays["labels"]), np.float32), arrays["labels"], arrays["starts"])
    sets: SparseRows = csr_array(parts, shape=(len(arrays["starts"]) - 1, n_labels))
    sets.check_format(full_check=True)
    counts = arrays["counts"].astype(np.int64)
    if len(counts) != sets.shape[0] or (counts < 1).any():
        raise ValueError("the counts of the tag sets do not fit")
    return TagSets(sets, counts)


def _load_trained_as(path: Path, n_labels: int) -> IntArray | None:
    """Load the numbers of labels in training, or None if labels were not changed.

    Raises:
        ValueError: If there is not one number per label.
    """
    if not path.exists():
        return None
    numbers: IntArray = load_arrays(path)["trained_as"].astype(np.int64)
    if numbers.shape != (n_labels,):
        raise ValueError("the numbers of the labels in training do not fit")
    return numbers
