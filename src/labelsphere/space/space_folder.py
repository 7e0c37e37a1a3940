"""A label space on disk: settings, vectors, labels and a model card."""

from pathlib import Path

import numpy as np
from safetensors.numpy import save_file

from labelsphere.annotations.label_table import write_labels
from labelsphere.artefact import new_folder, read_config, write_config
from labelsphere.errors import DataError
from labelsphere.json_types import Json
from labelsphere.space.fit_record import FitRecord
from labelsphere.space.space_parts import SpaceParts
from labelsphere.space.storage import damaged, read_arrays, read_checked_labels

_KIND, _FORMAT = "label_space", 1


def write_space(space: SpaceParts, card: str, folder: Path, *, overwrite: bool) -> None:
    """Write a label space and its model card.

    Args:
        space: What to write.
        card: Markdown for ``README.md``.
        folder: Where to write. It appears whole or not at all.
        overwrite: Whether a folder with contents may be replaced.

    Raises:
        ArtefactError: If the folder is taken.
    """
    with new_folder(folder, overwrite=overwrite) as beside:
        write_labels(beside, space.vocabulary, space.counts)
        save_file({"vectors": space.vectors}, beside / "vectors.safetensors")
        (beside / "README.md").write_text(card, encoding="utf-8")
        values: dict[str, Json] = {
            "vocabulary": space.vocabulary.fingerprint(),
            "space": space.record.to_json(),
        }
        write_config(beside, _KIND, _FORMAT, values)


def read_space(folder: Path) -> SpaceParts:
    """Read what `write_space` wrote.

    Raises:
        ArtefactError: If the folder is missing, damaged or of another kind, or its labels are not
            those that its vectors were made for.
    """
    config = read_config(folder, _KIND, _FORMAT)
    vocabulary, counts = read_checked_labels(folder, config.get("vocabulary"))
    path = folder / "vectors.safetensors"
    (vectors,) = read_arrays(path, ["vectors"])
    if vectors.dtype != np.float32:
        raise damaged(path, f"vectors must be float32, but got {vectors.dtype}")
    try:
        if not isinstance(config.get("space"), dict):
            raise DataError("it lacks 'space'")
        record = FitRecord.from_json(config["space"])
    except DataError as error:
        raise damaged(folder / "config.json", error) from error
    try:
        return SpaceParts(vocabulary, vectors, counts, record)
    except DataError as error:
        raise damaged(path, error) from error
