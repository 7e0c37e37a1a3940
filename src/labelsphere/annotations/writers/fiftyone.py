"""Writer of FiftyOne's image classification datasets."""

import json
from pathlib import Path, PurePosixPath

from labelsphere.annotations.readers.fiftyone import LABELS_FILE, PICTURES_FOLDER
from labelsphere.annotations.table_data import TableData
from labelsphere.annotations.writers.base import (
    WriteOptions,
    copy_pictures,
    picture_names,
    tags_with_confidences,
)
from labelsphere.errors import DataError


def write_fiftyone(annotations: TableData, path: Path, options: WriteOptions) -> list[str]:
    """Write a folder that ``fiftyone.Dataset.from_dir`` reads as ``FiftyOneImageClassification``.

    Each image's labels are a list, so that FiftyOne reads them as ``Classifications``. An image
    without tags is unlabelled.

    Raises:
        DataError: If two pictures differ only in their endings.
    """
    names = picture_names(annotations)
    labels: dict[str, list[object] | None] = {}
    for row, name in enumerate(names):
        key = PurePosixPath(name).with_suffix("").as_posix()
        if key in labels:
            raise DataError(f"two images have the name {key!r} and different endings; rename one")
        tags = tags_with_confidences(annotations, row)
        labels[key] = [
            tag if share is None else {"label": tag, "confidence": share} for tag, share in tags
        ] or None
    path.mkdir(exist_ok=True)
    document = {"classes": list(annotations.vocabulary), "labels": labels}
    text = json.dumps(document, ensure_ascii=False, indent=1)
    (path / LABELS_FILE).write_text(text + "\n", encoding="utf-8")
    folder = path / PICTURES_FOLDER
    folder.mkdir(exist_ok=True)
    if options.pictures and annotations.pictures is not None:
        return copy_pictures(annotations.pictures, names, folder)
    return [
        f"pictures are not copied: put them into {PICTURES_FOLDER}/, or give FiftyOne their folder "
        "as data_path"
    ]
