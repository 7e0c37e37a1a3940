import json
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from labelsphere.annotations import Annotations, stream_annotations
from labelsphere.annotations.readers.parquet_types import class_names


def features(**columns: object) -> dict[bytes, bytes]:
    return {b"huggingface": json.dumps({"info": {"features": columns}}).encode()}


LABEL = {"names": ["cat", "dog"], "_type": "ClassLabel"}


@pytest.mark.parametrize(
    ("metadata", "names"),
    [
        (features(label=LABEL), {"label": ["cat", "dog"]}),
        (features(labels={"feature": LABEL, "_type": "Sequence"}), {"labels": ["cat", "dog"]}),
        (features(labels=[LABEL]), {"labels": ["cat", "dog"]}),
        (features(image={"_type": "Image"}, label=LABEL), {"label": ["cat", "dog"]}),
        (features(label={"names": [1], "_type": "ClassLabel"}), {}),
        (features(label="ClassLabel"), {}),
        (None, {}),
        ({}, {}),
        ({b"huggingface": b"no JSON"}, {}),
        ({b"huggingface": b"[]"}, {}),
        ({b"huggingface": b'{"info": null}'}, {}),
    ],
)
def test_class_names_are_read_where_they_are(
    metadata: dict[bytes, bytes] | None, names: dict[str, list[str]]
) -> None:
    assert class_names(metadata) == names


def read(path: Path) -> list[list[list[str]]]:
    """Tags of each image, read whole and in chunks."""
    whole = Annotations.read(path)
    chunks = [
        chunk.tags_of(n)
        for chunk in stream_annotations(path).chunks()
        for n in range(len(chunk.image_ids))
    ]
    return [[whole.tags_of(row) for row in range(whole.n_images)], chunks]


def test_numbers_get_their_names(tmp_path: Path) -> None:
    table = pa.table({"image": ["a", "b", "c"], "labels": [[1, 0], [-1], [1]]})
    metadata = features(labels={"feature": LABEL, "_type": "Sequence"})
    pq.write_table(table.replace_schema_metadata(metadata), tmp_path / "t.parquet")
    assert read(tmp_path / "t.parquet") == [[["cat", "dog"], [], ["dog"]]] * 2


def test_one_number_an_image_gets_its_name(tmp_path: Path) -> None:
    table = pa.table({"image": ["a", "b"], "label": [1, 0]})
    pq.write_table(table.replace_schema_metadata(features(label=LABEL)), tmp_path / "t.parquet")
    assert read(tmp_path / "t.parquet") == [[["dog"], ["cat"]]] * 2


def test_maps_are_tags_with_confidences(tmp_path: Path) -> None:
    tags = pa.array(
        [[("sky", 0.5), ("sea", 0.0)], [("sea", 1.0)]], pa.map_(pa.string(), pa.float32())
    )
    pq.write_table(pa.table({"image": ["a", "b"], "tags": tags}), tmp_path / "t.parquet")
    assert read(tmp_path / "t.parquet") == [[["sky"], ["sea"]]] * 2
    assert Annotations.read(tmp_path / "t.parquet").report.absent_tags == 1


def test_objects_are_tags_with_confidences(tmp_path: Path) -> None:
    tags = [[{"label": "sky", "score": 0.5}], [{"label": "sea", "score": 1.0}], []]
    pl.DataFrame({"image": ["a", "b", "c"], "tags": tags}).write_parquet(tmp_path / "t.parquet")
    assert read(tmp_path / "t.parquet") == [[["sky"], ["sea"], []]] * 2
