"""A label space on disk: settings, vectors, labels and a card."""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from safetensors.numpy import save_file

from labelsphere.annotations.label_table import write_labels
from labelsphere.artefact import new_folder, read_config, write_config
from labelsphere.errors import DataError
from labelsphere.space.card import describe_space
from labelsphere.space.storage import damaged, read_arrays, read_checked_labels

if TYPE_CHECKING:
    from labelsphere.space.label_space import LabelSpace

_KIND, _FORMAT = "label_space", 1


def save_space(space: "LabelSpace", folder: Path, *, overwrite: bool) -> None:
    """`LabelSpace.save`."""
    with new_folder(folder, overwrite=overwrite) as beside:
        write_labels(beside, space.vocabulary, space.counts)
        save_file({"vectors": space.vectors}, beside / "vectors.safetensors")
        (beside / "README.md").write_text(describe_space(space), encoding="utf-8")
        write_config(
            beside,
            _KIND,
            _FORMAT,
            {"vocabulary": space.vocabulary.fingerprint(), "space": space.config},
        )


def load_space(folder: Path) -> "LabelSpace":
    """`LabelSpace.load`."""
    from labelsphere.space.label_space import LabelSpace

    config = read_config(folder, _KIND, _FORMAT)
    vocabulary, counts = read_checked_labels(folder, config.get("vocabulary"))
    path = folder / "vectors.safetensors"
    (vectors,) = read_arrays(path, ["vectors"])
    if vectors.dtype != np.float32:
        raise damaged(path, f"vectors must be float32, but got {vectors.dtype}")
    if not isinstance(config.get("space"), dict):
        raise damaged(folder / "config.json", "it lacks 'space'")
    try:
        return LabelSpace(vocabulary, vectors, counts, config["space"])
    except DataError as error:
        raise damaged(path, error) from error
