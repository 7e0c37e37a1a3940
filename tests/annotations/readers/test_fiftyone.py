"""FiftyOne's labels: numbers, names and objects."""

import json
from pathlib import Path

import pytest

from labelsphere.annotations import Annotations
from labelsphere.errors import DataError


def read(folder: Path, labels: object) -> Annotations:
    path = folder / "labels.json"
    path.write_text(json.dumps({"classes": ["cat", "sky"], "labels": labels}))
    return Annotations.read(path, format="fiftyone")


@pytest.mark.parametrize("value", [0, "cat", {"label": "cat"}, [0], ["cat"], [0, "cat"]])
def test_forms_of_a_label(tmp_path: Path, value: object) -> None:
    assert read(tmp_path, {"sub/a": value}).tags_of(0) == ["cat"]


@pytest.mark.parametrize("value", [2, -1, True, 0.5, {"confidence": 1}, [None]])
def test_other_labels_are_an_error_that_names_the_image(tmp_path: Path, value: object) -> None:
    with pytest.raises(DataError, match="'sub/a'"):
        read(tmp_path, {"sub/a": value})
