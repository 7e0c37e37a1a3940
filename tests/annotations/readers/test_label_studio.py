import json
from pathlib import Path
from typing import Any

import pytest

from labelsphere.annotations import Annotations
from labelsphere.annotations.readers.label_studio import (
    is_label_studio,
    label_studio_table,
    read_label_studio,
)
from labelsphere.annotations.readers.raw import ReadOptions
from labelsphere.errors import DataError


def task(image: str, *values: dict[str, Any], **answer: Any) -> dict[str, Any]:
    results = [{"value": value} for value in values]
    return {"data": {"image": image}, "annotations": [{"result": results, **answer}]}


def rows(*tasks: Any) -> list[tuple[Any, ...]]:
    return label_studio_table(list(tasks), Path("t.json")).tags.rows()


@pytest.mark.parametrize(
    ("value", "tags"),
    [
        ({"choices": ["sky", "sea"]}, ["sky", "sea"]),
        ({"choices": "sky"}, ["sky"]),
        ({"rectanglelabels": ["cat"], "x": 1, "y": 2}, ["cat"]),
        ({"polygonlabels": ["cat"], "points": [[1, 2]]}, ["cat"]),
        ({"taxonomy": [["outside", "sky"], ["thing"]]}, ["sky", "thing"]),
        ({"text": ["a caption"]}, []),
        ({"rating": 3}, []),
    ],
)
def test_tags_of_each_kind_of_result(value: dict[str, Any], tags: list[str]) -> None:
    assert rows(task("a.jpg", value)) == [(0, tag) for tag in tags]


def test_what_was_cancelled_does_not_count() -> None:
    cancelled = task("a.jpg", {"choices": ["x"]}, was_cancelled=True)
    assert rows(cancelled, task("b.jpg", {"choices": ["y"]})) == [(1, "y")]


def test_tags_of_all_annotators_are_joined() -> None:
    both = task("a.jpg", {"choices": ["x"]})
    both["annotations"] += task("a.jpg", {"choices": ["y"]})["annotations"]
    assert sorted(tag for _, tag in rows(both)) == ["x", "y"]


@pytest.mark.parametrize(
    ("image", "path"),
    [
        ("a.jpg", "a.jpg"),
        ("/data/local-files/?d=set/a%20b.jpg", "set/a b.jpg"),
        ("/data/upload/1/a%20b.jpg", "upload/1/a b.jpg"),
        ("https://example.org/a.jpg", "https://example.org/a.jpg"),
        ("http://[broken", "http://[broken"),
    ],
)
def test_paths_are_those_within_the_folder_of_pictures(image: str, path: str) -> None:
    table = label_studio_table([task(image, {"choices": ["x"]})], Path("t.json"))
    assert table.image_ids.to_list() == [image]
    assert table.paths is not None
    assert table.paths.to_list() == [path]


def test_documents_are_told_apart() -> None:
    assert is_label_studio([task("a.jpg")])
    assert is_label_studio([{"image": "a.jpg", "mood": {"choices": ["sky"]}}])
    assert not is_label_studio([{"image": "a.jpg", "tags": ["sky"]}])
    assert not is_label_studio([])
    assert not is_label_studio({"data": {}})


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ([3], "t.json entry 1: expected a task, but got 3"),
        ([{"data": {}, "annotations": []}], "t.json entry 1: no image in {}"),
        ([task("a.jpg"), task("b.jpg", {"choices": [3]})], "entry 2: a choice must be text"),
        ({}, "t.json is not a list of tasks"),
    ],
)
def test_faults_name_the_task(tmp_path: Path, document: Any, message: str) -> None:
    file = tmp_path / "t.json"
    file.write_text(json.dumps(document))
    with pytest.raises(DataError) as raised:
        read_label_studio(file, ReadOptions())
    assert message in str(raised.value)


def test_predictions_come_with_their_scores(tmp_path: Path) -> None:
    value = {"value": {"choices": ["sky"]}, "score": 0.25}
    tasks = [{"data": {"image": "a.jpg"}, "predictions": [{"score": 0.9, "result": [value]}]}]
    (tmp_path / "t.json").write_text(json.dumps(tasks))
    tags = Annotations.read(tmp_path / "t.json")
    assert tags.matrix.data.tolist() == [0.25]
    assert "1 image without an annotation: the predictions are read" in tags.report.notes
