"""Open Images image-level labels: ``ImageID,Source,LabelName,Confidence``, one row a label."""

from dataclasses import replace
from pathlib import Path

from labelsphere.annotations.readers.delimited import delimiter_of, read_frame
from labelsphere.annotations.readers.frame import table_from_frame
from labelsphere.annotations.readers.raw import RawTable, ReadOptions
from labelsphere.annotations.text import first_line
from labelsphere.errors import DataError

_NEEDED = ("ImageID", "LabelName")


def read_open_images(path: Path, options: ReadOptions) -> RawTable:
    """Read image-level labels. Confidence 0 is a label that a person found absent.

    Labels are codes such as ``/m/01g317``; the class descriptions give them names (see
    ``label_names`` in `read_annotations`).

    Raises:
        DataError: If a column is missing or a confidence is no number.
    """
    frame = read_frame(path)
    missing = [name for name in _NEEDED if name not in frame.columns]
    if missing:
        raise DataError(
            f"{path} has no column {missing[0]!r}; the columns are: {', '.join(frame.columns)}; "
            "expected Open Images' ImageID,Source,LabelName,Confidence"
        )
    named = replace(options, separator="", image_column="ImageID", tag_column="LabelName")
    return table_from_frame(frame, named, path)


def looks_like_open_images(path: Path) -> bool:
    """Whether a CSV file has Open Images' columns."""
    header = first_line(path)
    return set(_NEEDED) <= set(header.split(delimiter_of(header)))
