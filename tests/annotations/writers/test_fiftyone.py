import json
from collections.abc import Callable
from pathlib import Path

import pytest

from labelsphere.annotations import Annotations
from labelsphere.errors import DataError

MakeTags = Callable[..., Annotations]


def test_fiftyone_has_keys_without_endings(tmp_path: Path, make_tags: MakeTags) -> None:
    make_tags().write(tmp_path / "f", format="fiftyone")
    document = json.loads((tmp_path / "f/labels.json").read_text(encoding="utf-8"))
    assert set(document) == {"classes", "labels"}
    assert document["labels"]["sub/b"] == ["cat"]
    assert document["labels"]["c d"] is None
    assert document["labels"]["a"] == [{"label": "cat", "confidence": 0.3}, "deep sea"]
    two = Annotations.from_lists([["x"], ["y"]], image_ids=["a.jpg", "a.png"])
    with pytest.raises(DataError, match="have the name 'a' and different endings"):
        two.write(tmp_path / "g", format="fiftyone")
