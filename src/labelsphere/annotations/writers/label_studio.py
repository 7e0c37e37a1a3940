"""Writer of Label Studio: tasks with predictions, and the configuration of the project."""

import hashlib
import json
from pathlib import Path
from urllib.parse import quote
from xml.sax.saxutils import quoteattr

from labelsphere.annotations.table_data import TableData
from labelsphere.annotations.writers.base import (
    WriteOptions,
    copy_pictures,
    picture_names,
    tags_with_confidences,
)

TASKS, CONFIGURATION, PICTURES_FOLDER = "tasks.json", "config.xml", "pictures"
_CONTROL, _IMAGE = "tags", "image"


def write_label_studio(annotations: TableData, path: Path, options: WriteOptions) -> list[str]:
    """Write ``tasks.json`` to import and ``config.xml`` for the project's labelling interface.

    Each tag is a result with a score. Pictures are local files.
    """
    names = picture_names(annotations)
    digest = hashlib.sha256("\0".join(annotations.vocabulary).encode()).hexdigest()[:8]
    tasks = []
    for row, name in enumerate(names):
        tags = tags_with_confidences(annotations, row)
        results = [
            {
                "from_name": _CONTROL,
                "to_name": _IMAGE,
                "type": "choices",
                "value": {"choices": [tag]},
                "score": 1.0 if share is None else share,
            }
            for tag, share in tags
        ]
        prediction = {"model_version": f"labelsphere-{digest}", "result": results}
        task: dict[str, object] = {"data": {_IMAGE: f"/data/local-files/?d={quote(name)}"}}
        tasks.append(task | {"predictions": [prediction] if results else []})
    path.mkdir(exist_ok=True)
    text = json.dumps(tasks, ensure_ascii=False, indent=1)
    (path / TASKS).write_text(text + "\n", encoding="utf-8")
    (path / CONFIGURATION).write_text(_configuration(annotations), encoding="utf-8")
    if options.pictures and annotations.pictures is not None:
        return copy_pictures(annotations.pictures, names, path / PICTURES_FOLDER)
    return ["pictures are not copied: Label Studio serves them from its local files"]


def _configuration(annotations: TableData) -> str:
    choices = "\n".join(f"    <Choice value={quoteattr(name)}/>" for name in annotations.vocabulary)
    return (
        f'<View>\n  <Image name="{_IMAGE}" value="${_IMAGE}"/>\n'
        f'  <Choices name="{_CONTROL}" toName="{_IMAGE}" choice="multiple">\n{choices}\n'
        "  </Choices>\n</View>\n"
    )
