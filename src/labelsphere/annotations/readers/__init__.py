"""Readers of annotations, one file per format. A new format is one file and one line here."""

from labelsphere.annotations.readers.coco import read_coco
from labelsphere.annotations.readers.cvat import read_cvat
from labelsphere.annotations.readers.delimited import read_delimited, read_delimited_chunks
from labelsphere.annotations.readers.fiftyone import is_fiftyone_folder, read_fiftyone
from labelsphere.annotations.readers.folder import read_folder
from labelsphere.annotations.readers.image_folder import is_image_folder, read_image_folder
from labelsphere.annotations.readers.json_file import read_json
from labelsphere.annotations.readers.jsonl import read_jsonl, read_jsonl_chunks
from labelsphere.annotations.readers.label_studio import read_label_studio
from labelsphere.annotations.readers.one_hot import read_one_hot
from labelsphere.annotations.readers.open_images import (
    looks_like_open_images,
    read_open_images,
    read_open_images_chunks,
)
from labelsphere.annotations.readers.parquet import read_parquet, read_parquet_chunks
from labelsphere.annotations.readers.pascal_voc import is_pascal_voc, read_pascal_voc
from labelsphere.annotations.readers.raw import ChunkOptions, RawTable, Reader, ReadOptions
from labelsphere.annotations.readers.yolo import is_yolo, read_yolo

__all__ = ["READERS", "ChunkOptions", "RawTable", "ReadOptions", "Reader"]

# If several readers fit a source, the first is used.
READERS: dict[str, Reader] = {
    "open-images": Reader(
        read_open_images,
        "Open Images' labels: ImageID, Source, LabelName, Confidence, one row per label; "
        "confidence 0 is a known absence",
        (".csv",),
        looks_like_open_images,
        read_open_images_chunks,
    ),
    "csv": Reader(
        read_delimited,
        "CSV or TSV with column names; all tags of an image in a cell, or one tag per row with an "
        "optional confidence",
        (".csv", ".tsv", ".tab"),
        read_chunks=read_delimited_chunks,
    ),
    "jsonl": Reader(
        read_jsonl,
        'JSON lines such as {"image": "a.jpg", "tags": ["sky", "sea"]}, as labelsphere tag writes '
        "them too",
        (".jsonl", ".ndjson"),
        read_chunks=read_jsonl_chunks,
    ),
    "parquet": Reader(
        read_parquet,
        "Parquet with a column of lists or text; pictures may be stored as bytes, as in Hugging "
        "Face's data sets",
        (".parquet", ".pq"),
        read_chunks=read_parquet_chunks,
    ),
    "json": Reader(
        read_json,
        'JSON: a tool\'s file, an array of objects, or {"a.jpg": ["sky"]}',
        (".json",),
    ),
    "coco": Reader(
        read_coco,
        "COCO or LVIS instances: an image's tags are the categories of its objects; LVIS' "
        "neg_category_ids are known absences",
    ),
    "fiftyone": Reader(
        read_fiftyone,
        "FiftyOne's image classification data set: labels.json, or the folder with it and data/",
        fits=is_fiftyone_folder,
        folders=True,
    ),
    "label-studio": Reader(
        read_label_studio,
        "Label Studio's JSON: tasks with annotations or predictions, or its short form",
    ),
    "cvat": Reader(
        read_cvat,
        "CVAT for images 1.1: annotations.xml with tags and objects",
        (".xml",),
    ),
    "one-hot": Reader(
        read_one_hot,
        "a table (CSV, TSV, Parquet) with a column for each tag: 1 is a tag, 0 a known absence, -1 "
        "or nothing unknown",
    ),
    "pascal-voc": Reader(
        read_pascal_voc,
        "Pascal VOC's folder: ImageSets/Main with 1, 0 and -1 by class (-1 is a known absence), or "
        "Annotations",
        fits=is_pascal_voc,
        files=False,
        folders=True,
    ),
    "yolo": Reader(
        read_yolo,
        "YOLO's folder: data.yaml, images and labels; an image's tags are the classes of its "
        "objects",
        fits=is_yolo,
        files=False,
        folders=True,
    ),
    "imagefolder": Reader(
        read_image_folder,
        "Hugging Face's ImageFolder: a metadata.csv, .jsonl or .parquet in the folder of each "
        "split",
        fits=is_image_folder,
        files=False,
        folders=True,
    ),
    "folder": Reader(
        read_folder,
        "a folder of pictures with text files beside them, a metadata table inside, or a folder a "
        "class",
        files=False,
        folders=True,
    ),
}
