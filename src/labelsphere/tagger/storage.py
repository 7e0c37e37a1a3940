"""A tagger on disk: settings, weights, labels, the label space and a card."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load_file as load_arrays
from safetensors.numpy import save_file as save_arrays
from safetensors.torch import load_file, save_file
from scipy.sparse import csr_array

from labelsphere.annotations.label_table import write_labels
from labelsphere.arrays import SparseRows
from labelsphere.artefact import new_folder, read_config, write_config
from labelsphere.errors import ArtefactError
from labelsphere.space import LabelSpace
from labelsphere.space.storage import read_checked_labels
from labelsphere.tagger.architecture import Architecture
from labelsphere.tagger.card import tagger_card
from labelsphere.tagger.decoders import DecoderWeights
from labelsphere.tagger.devices import is_main_process
from labelsphere.tagger.inputs import shape_only
from labelsphere.tagger.label_context import LabelContext

if TYPE_CHECKING:
    from labelsphere.tagger.tagger import Tagger

_VERSION = 1
_TAG_SETS = "tag_sets.safetensors"


def save_tagger(tagger: "Tagger", folder: Path, *, overwrite: bool) -> None:
    """Write a tagger as a folder, whole or not at all; of several processes the first one does.

    Raises:
        ArtefactError: If the folder is taken and ``overwrite`` is off.
    """
    if not is_main_process():
        return
    architecture = tagger.architecture
    with new_folder(folder, overwrite=overwrite) as beside:
        weights = {k: v.cpu().contiguous() for k, v in tagger.network.state_dict().items()}
        save_file(weights, beside / "model.safetensors")
        write_labels(beside, tagger.vocabulary, tagger.labels.counts)
        if tagger.space is not None:
            tagger.space.save(beside / "space")
        if _reads_tag_sets(tagger) and tagger.labels.tag_sets is not None:
            _save_tag_sets(beside / _TAG_SETS, tagger.labels.tag_sets)
        write_config(
            beside,
            "tagger",
            _VERSION,
            {
                "backbone": architecture.backbone,
                "backbone_options": dict(architecture.options or {}),
                "feature_network": _plain(architecture.feature_network),
                "objective": architecture.objective,
                "decoder": architecture.decoder,
                "decoder_weights": None
                if tagger.decoder_weights is None
                else tagger.decoder_weights.to_json(),
                "preparation": tagger.preparation,
                "sample_shape": list(tagger.sample_shape),
                "training_images": tagger.labels.n_images,
                "vocabulary": tagger.vocabulary.fingerprint(),
            },
        )
        (beside / "README.md").write_text(tagger_card(tagger), encoding="utf-8")


def load_tagger(folder: Path) -> "Tagger":
    """Read a saved tagger.

    Raises:
        ArtefactError: If the folder is missing, damaged, of another kind or of a newer format, or
            its labels are not those that it was trained on.
    """
    from labelsphere.tagger.tagger import Tagger

    config = read_config(folder, "tagger", _VERSION)
    vocabulary, counts = read_checked_labels(folder, config.get("vocabulary"))
    space = LabelSpace.load(folder / "space") if (folder / "space").is_dir() else None
    try:
        if space is not None:
            space.check_vocabulary(vocabulary)
        sets = _load_tag_sets(folder / _TAG_SETS, len(vocabulary))
        labels = LabelContext(vocabulary, counts, int(config["training_images"]), space, sets)
        architecture = Architecture(
            config["backbone"],
            config["backbone_options"],
            config["objective"],
            config.get("decoder"),
            config.get("feature_network"),
        )
        # Whether new inputs can be prepared shows now, not when the first picture is tagged.
        shape = shape_only(config["preparation"]).sample_shape
        tagger = Tagger(architecture, labels, config["preparation"], shape)
        tagger.network.load_state_dict(load_file(folder / "model.safetensors"))
        if config.get("decoder_weights") is not None:
            tagger.decoder_weights = DecoderWeights.from_json(config["decoder_weights"])
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
        raise ArtefactError(f"{folder} is damaged ({reason}); save the tagger anew") from error
    tagger.network.eval()
    return tagger


def _plain(options: Mapping[str, Any] | None) -> dict[str, Any] | None:
    return None if options is None else dict(options)


def _reads_tag_sets(tagger: "Tagger") -> bool:
    """Whether a decoder of tag sets is the tagger's, or one that a comparison may choose for it."""
    names = (
        str(tagger.architecture.decoder or tagger.objective.decoder),
        *tagger.objective.readings,
    )
    return any("tag_sets" in name or name == "sphere" for name in names)


def _save_tag_sets(path: Path, sets: SparseRows) -> None:
    """Which sets hold which labels: numbers alone, and nothing of the images that they are from."""
    starts, labels = sets.indptr.astype(np.int64), sets.indices.astype(np.int32)
    save_arrays({"starts": starts, "labels": labels}, path)


def _load_tag_sets(path: Path, n_labels: int) -> SparseRows | None:
    """The sets, or None where none were saved.

    Raises:
        ValueError: If they are no rows of so many labels.
    """
    if not path.exists():
        return None
    arrays = load_arrays(path)
    parts = (np.ones(len(arrays["labels"]), np.float32), arrays["labels"], arrays["starts"])
    sets: SparseRows = csr_array(parts, shape=(len(arrays["starts"]) - 1, n_labels))
    sets.check_format(full_check=True)
    return sets
