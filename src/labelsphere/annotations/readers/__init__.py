"""Readers of annotations, one file per format. A new format is one file and one line here."""

from labelsphere.annotations.readers.coco import read_coco
from labelsphere.annotations.readers.delimited import read_delimited
from labelsphere.annotations.readers.folder import read_folder
from labelsphere.annotations.readers.jsonl import read_jsonl
from labelsphere.annotations.readers.open_images import looks_like_open_images, read_open_images
from labelsphere.annotations.readers.parquet import read_parquet
from labelsphere.annotations.readers.raw import RawTable, Reader, ReadOptions

__all__ = ["READERS", "RawTable", "ReadOptions", "Reader"]

# Where several fit a file, the first is taken.
READERS: dict[str, Reader] = {
    "open-images": Reader(read_open_images, (".csv",), looks_like_open_images),
    "csv": Reader(read_delimited, (".csv", ".tsv", ".tab")),
    "jsonl": Reader(read_jsonl, (".jsonl", ".ndjson")),
    "parquet": Reader(read_parquet, (".parquet", ".pq")),
    "coco": Reader(read_coco, (".json",)),
    "folder": Reader(read_folder, ()),
}
