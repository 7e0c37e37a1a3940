"""Readers of annotations, one file per format. A new format is one file and one line here."""

from labelsphere.annotations.readers.coco import read_coco
from labelsphere.annotations.readers.delimited import read_delimited, read_delimited_parts
from labelsphere.annotations.readers.folder import read_folder
from labelsphere.annotations.readers.json_file import read_json
from labelsphere.annotations.readers.jsonl import read_jsonl, read_jsonl_parts
from labelsphere.annotations.readers.open_images import (
    looks_like_open_images,
    read_open_images,
    read_open_images_parts,
)
from labelsphere.annotations.readers.parquet import read_parquet, read_parquet_parts
from labelsphere.annotations.readers.raw import PartOptions, RawTable, Reader, ReadOptions

__all__ = ["READERS", "PartOptions", "RawTable", "ReadOptions", "Reader"]

# Where several fit a file, the first is taken.
READERS: dict[str, Reader] = {
    "open-images": Reader(
        read_open_images, (".csv",), looks_like_open_images, read_open_images_parts
    ),
    "csv": Reader(read_delimited, (".csv", ".tsv", ".tab"), read_parts=read_delimited_parts),
    "jsonl": Reader(read_jsonl, (".jsonl", ".ndjson"), read_parts=read_jsonl_parts),
    "parquet": Reader(read_parquet, (".parquet", ".pq"), read_parts=read_parquet_parts),
    "json": Reader(read_json, (".json",)),
    "coco": Reader(read_coco, ()),
    "folder": Reader(read_folder, ()),
}
