"""Writers of annotations, one file and one entry per format."""

from labelsphere.annotations.writers.base import WriteOptions, Writer
from labelsphere.annotations.writers.cvat import write_cvat
from labelsphere.annotations.writers.fiftyone import write_fiftyone
from labelsphere.annotations.writers.image_folder import write_image_folder
from labelsphere.annotations.writers.label_studio import write_label_studio
from labelsphere.annotations.writers.one_hot import write_one_hot
from labelsphere.annotations.writers.tables import (
    write_csv_table,
    write_jsonl_table,
    write_parquet_table,
)

__all__ = ["WRITERS", "WriteOptions", "Writer"]

WRITERS: dict[str, Writer] = {
    "csv": Writer(
        write_csv_table,
        "a CSV table, as it was read; one row per tag where there are confidences",
        ending=".csv",
        keeps=("confidences", "absences"),
    ),
    "jsonl": Writer(
        write_jsonl_table,
        "JSON lines: one object per image, with a list of tags",
        ending=".jsonl",
        keeps=("confidences", "absences"),
    ),
    "parquet": Writer(
        write_parquet_table,
        "a Parquet table: one row per image, with a list of tags; stored pictures are kept",
        ending=".parquet",
        keeps=("confidences", "absences"),
    ),
    "one-hot": Writer(
        write_one_hot,
        "a CSV table with a column for each tag: 1 is a tag, 0 a known absence, nothing unknown",
        ending=".csv",
        keeps=("absences",),
    ),
    "fiftyone": Writer(
        write_fiftyone,
        "FiftyOne's image classification data set: a folder with labels.json and data/",
        keeps=("confidences",),
    ),
    "label-studio": Writer(
        write_label_studio,
        "Label Studio: a folder with tasks.json (the tags as predictions) and config.xml",
        keeps=("confidences",),
    ),
    "cvat": Writer(
        write_cvat,
        "CVAT for images 1.1: a folder with annotations.xml",
    ),
    "imagefolder": Writer(
        write_image_folder,
        "Hugging Face's ImageFolder: one folder per split with metadata.jsonl, and a card",
        keeps=("confidences", "absences"),
    ),
}
