"""Reader of Label Studio's tasks: exported and imported JSON, and its short form."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from labelsphere.annotations.readers.columns import PATH_NAMES, recognise
from labelsphere.annotations.readers.json_text import load_json, shortened
from labelsphere.annotations.readers.marked_tags import MarkedTags
from labelsphere.annotations.readers.raw import RawTable, ReadOptions
from labelsphere.annotations.report import number_of
from labelsphere.errors import DataError

_LISTS = ("annotations", "predictions", "completions")


def read_label_studio(path: Path, options: ReadOptions) -> RawTable:
    """Read tasks with their annotations, or with predictions if they have no annotation.

    An image's tags are its choices, the last names of taxonomies and the labels of its regions.
    Cancelled annotations are ignored.

    Raises:
        DataError: If it has another format; the message names the task.
    """
    del options
    return label_studio_table(load_json(path), path)


def is_label_studio(document: Any) -> bool:
    """Return whether a JSON document is a list of tasks."""
    if not (isinstance(document, list) and document and isinstance(document[0], Mapping)):
        return False
    first = document[0]
    full = isinstance(first.get("data"), Mapping) and any(name in first for name in _LISTS)
    return full or any(_is_choices(value) for task in document for value in _values(task))


def label_studio_table(document: Any, path: Path) -> RawTable:
    """Extract the images and tags of tasks.

    Raises:
        DataError: As `read_label_studio`.
    """
    if not isinstance(document, list) or not document:
        raise DataError(f"{path} is not a list of tasks; expected Label Studio's JSON")
    found = MarkedTags()
    predicted = 0
    for number, task in enumerate(document, start=1):
        try:
            image = _image_of(task)
            tags, by_model = _tags_of(task)
        except DataError as error:
            raise DataError(f"{path} entry {number}: {error}") from error
        predicted += by_model
        found.add(image, tags, path=_local_path(image))
    note = f"{number_of(predicted, 'image')} without an annotation: the predictions are read"
    return found.table([note] if predicted else [])


def _values(task: Any) -> Iterator[Any]:
    return iter(task.values() if isinstance(task, Mapping) else ())


def _is_choices(value: Any) -> bool:
    return isinstance(value, Mapping) and set(value) == {"choices"}


def _image_of(task: Any) -> str:
    if not isinstance(task, Mapping):
        raise DataError(f"expected a task, but got {shortened(task)}")
    data = task["data"] if isinstance(task.get("data"), Mapping) else task
    texts = [key for key, value in data.items() if isinstance(value, str) and value.strip()]
    key = recognise(texts, PATH_NAMES)
    if key is None:
        raise DataError(f"no image in {shortened(dict(data))}; expected a key such as 'image'")
    return str(data[key]).strip()


def _local_path(image: str) -> str:
    """Return the path in the folder of pictures: ``a.jpg`` of ``/data/local-files/?d=a.jpg``."""
    try:
        parts = urlsplit(image)
    except ValueError:
        return image
    if parts.path.rstrip("/").endswith("local-files"):
        return (parse_qs(parts.query).get("d") or [image])[0]
    return unquote(parts.path).removeprefix("/data/") if image.startswith("/data/") else image


def _tags_of(task: Mapping[str, Any]) -> tuple[list[tuple[str, float | None]], bool]:
    """Return the tags, and whether they are predictions."""
    given = [*_results(task.get("annotations")), *_results(task.get("completions"))]
    if given or not _results(task.get("predictions")):
        short: list[tuple[str, float | None]] = [
            (name, None) for key in task for name in _short_form(task, key) if key not in _LISTS
        ]
        return [*((name, None) for name, _ in given), *short], False
    return _results(task["predictions"]), True


def _short_form(task: Mapping[str, Any], key: str) -> list[str]:
    """Return tags in short form: ``{"choices": [...]}`` under any key, or text as ``"tags"``."""
    value = task[key]
    if _is_choices(value):
        return _words(value["choices"])
    if key in ("tags", "choice", "choices", "label") and isinstance(value, str | list):
        return _words([value] if isinstance(value, str) else value)
    return []


def _results(answers: Any) -> list[tuple[str, float | None]]:
    found: list[tuple[str, float | None]] = []
    for answer in answers if isinstance(answers, list) else []:
        if not isinstance(answer, Mapping) or answer.get("was_cancelled"):
            continue
        results = answer.get("result")
        for result in results if isinstance(results, list) else []:
            if isinstance(result, Mapping) and isinstance(result.get("value"), Mapping):
                score = result.get("score", answer.get("score"))
                share = float(score) if _is_share(score) else None
                found += [(name, share) for name in _names(result["value"])]
    return found


def _is_share(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1


def _names(value: Mapping[str, Any]) -> list[str]:
    names: list[str] = []
    for kind, inner in value.items():
        if kind == "choices" or kind.endswith("labels"):
            names += _words(inner)
        elif kind == "taxonomy" and isinstance(inner, list):
            names += _words([way[-1] for way in inner if isinstance(way, list) and way])
    return names


def _words(values: Any) -> list[str]:
    words = values if isinstance(values, list) else [values]
    wrong = next((word for word in words if not isinstance(word, str)), None)
    if wrong is not None:
        raise DataError(f"a choice must be text, but is {shortened(wrong)}")
    return words
