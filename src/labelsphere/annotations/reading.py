"""Reading of annotations: recognise the format, read, filter and number the tags."""

from collections.abc import Collection, Sequence
from pathlib import Path

import numpy as np
import polars as pl

from labelsphere.annotations.absences import absent_rows
from labelsphere.annotations.assembly import assemble
from labelsphere.annotations.empty_markers import drop_empty_markers
from labelsphere.annotations.file_kinds import refuse_other_kind
from labelsphere.annotations.file_names import printable
from labelsphere.annotations.filters import (
    LabelNames,
    check_confidences,
    drop_uncertain,
    separate_absent,
)
from labelsphere.annotations.locating import find_pictures
from labelsphere.annotations.pictures import PictureBytes, Pictures
from labelsphere.annotations.pipes import Spool
from labelsphere.annotations.readers import READERS, RawTable, ReadOptions
from labelsphere.annotations.report import ReadReport
from labelsphere.annotations.split_names import odd_split_values
from labelsphere.annotations.table_data import TableData
from labelsphere.annotations.vocabulary import Vocabulary
from labelsphere.arrays import FloatArray
from labelsphere.errors import DataError, UsageError


def read_table(
    source: str | Path,
    *,
    format: str | None,
    separator: str | None,
    image_column: str | None,
    tag_column: str | None,
    images: str | Path | None,
    min_count: int,
    min_confidence: float,
    vocabulary: Vocabulary | str | Path | None,
    label_names: str | Path | None,
    keep: Sequence[str],
    untagged: bool = False,
) -> TableData:
    """Read annotations; the arguments are those of `Annotations.read`.

    Raises:
        UsageError: If the source does not exist, its format is unknown, or arguments contradict.
        DataError: If the source's contents cannot be used, or no tag is left.
    """
    # Copy a pipe first, because detecting the format reads the first bytes.
    spool = Spool()
    path = spool.file_for(Path(source))
    chosen = check_arguments(path, format, images, min_count, min_confidence, vocabulary)
    if isinstance(vocabulary, str | Path):
        vocabulary = Vocabulary.read(vocabulary)
    names = None if label_names is None else LabelNames(Path(label_names))
    raw = READERS[chosen].read(path, ReadOptions(separator, image_column, tag_column))
    report = ReadReport(rows=raw.rows, notes=list(raw.notes))
    report.notes += odd_split_values(raw.columns)
    meant = {*keep, *(() if vocabulary is None else vocabulary)}
    tags, absent = filtered_tags(raw, path, names, min_confidence, meant, report)
    report.notes += [] if names is None else names.remarks()
    labels, matrix = assemble(
        tags["row"].to_numpy(),
        tags["tag"],
        confidences_of(tags),
        n_images=len(raw.image_ids),
        vocabulary=vocabulary,
        min_count=min_count,
        report=report,
    )
    if not matrix.nnz and not (untagged and not len(raw.tags)):
        raise nothing_left(path, len(raw.tags), report)
    ids = raw.image_ids.to_list()
    # Names in a table from a pipe are relative to the current folder.
    beside = path.parent if path == Path(source) else Path()
    pictures, notes = _pictures(raw, ids, path, images, beside)
    report.notes += notes
    if pictures is None:
        report.no_pictures = _why_no_pictures(raw, beside)
    known = absent_rows(absent, len(ids), labels)
    return TableData(ids, labels, matrix, raw.columns, pictures, report, known, raw.form)


def filtered_tags(
    raw: RawTable,
    source: Path,
    names: LabelNames | None,
    min_confidence: float,
    keep: Collection[str],
    report: ReadReport,
) -> tuple[pl.DataFrame, pl.DataFrame | None]:
    """Filter and rename tags, and separate the known absences.

    Dropped tags are counted in the report.

    Raises:
        DataError: If a confidence is outside 0 to 1.
    """
    tags = raw.tags if names is None else names.rename(raw.tags)
    tags = drop_empty_markers(tags, keep, report)
    check_confidences(tags, source)
    there, absent = separate_absent(tags, report)
    return drop_uncertain(there, min_confidence, report), absent


def confidences_of(tags: pl.DataFrame) -> FloatArray | None:
    """Return the confidences of tags, float32 and at most 1, or None if there are none."""
    if "confidence" not in tags:
        return None
    shares: FloatArray = np.minimum(tags["confidence"].to_numpy(), 1).astype(np.float32)
    return shares


def check_arguments(
    path: Path,
    given: str | None,
    images: str | Path | None,
    min_count: int,
    min_confidence: float,
    vocabulary: Vocabulary | str | Path | None,
) -> str:
    """Check the arguments before reading.

    Returns:
        Name of the format.

    Raises:
        UsageError: If the source does not exist, its format is unknown, or arguments contradict.
    """
    if given is not None and given not in READERS:
        raise UsageError(f"format must be one of {', '.join(READERS)}, but got {given!r}")
    if min_count < 1:
        raise UsageError(f"min_count must be at least 1, but got {min_count}")
    if min_count > 1 and vocabulary is not None:
        raise UsageError("min_count and vocabulary contradict: a given vocabulary is kept whole")
    if not 0 <= min_confidence <= 1:
        raise UsageError(f"min_confidence must be from 0 to 1, but got {min_confidence}")
    if images is not None and not Path(images).is_dir():
        raise UsageError(f"the folder of images {images} does not exist")
    if not path.exists():
        raise UsageError(f"{path} does not exist; expected a tag table or a folder of images")
    chosen = given or _format_of(path)
    reader = READERS[chosen]
    if not (reader.folders if path.is_dir() else reader.files):
        what = "a folder" if path.is_dir() else "a file"
        raise UsageError(f"{path} is {what}, which format {chosen!r} does not read")
    if images is not None and path.is_dir():
        raise UsageError("images cannot be given for a folder: its own images are read")
    return chosen


def _format_of(path: Path) -> str:
    if path.is_dir():
        folders = (name for name, reader in READERS.items() if reader.folders)
        return next(name for name in folders if READERS[name].fits(path))
    suffix = path.suffix.lower()
    for name, reader in READERS.items():
        if suffix in reader.suffixes and reader.fits(path):
            return name
    if path.is_file():
        refuse_other_kind(path, "a table of images and tags")
    endings = sorted({suffix for reader in READERS.values() for suffix in reader.suffixes})
    raise UsageError(
        f"the format of {path} is not clear from its ending; expected one of "
        f"{', '.join(endings)}, or a format of {', '.join(READERS)}"
    )


def _pictures(
    raw: RawTable, ids: list[str], path: Path, images: str | Path | None, beside: Path
) -> tuple[Pictures | None, list[str]]:
    if raw.picture_bytes is not None:
        return PictureBytes(raw.picture_bytes, ids), []
    if raw.paths is None:
        return None, []
    if images is not None or path.is_dir():
        return find_pictures(raw.paths, Path(images or path), sure=True)
    return find_pictures(raw.paths, beside, sure=False)


def _why_no_pictures(raw: RawTable, searched: Path) -> str:
    first = None if raw.paths is None else raw.paths.drop_nulls().first()
    if first is None:
        return "the tag table names no pictures"
    folder = printable(str(searched.absolute()))
    return f"no pictures found in {folder} (the first that the table names is {first!r})"


def nothing_left(path: Path, n_tags: int, report: ReadReport) -> DataError:
    """Build the error for a source without any tag left.

    Args:
        path: The source.
        n_tags: Number of tags before filtering.
        report: Report on dropped tags.
    """
    if not n_tags:
        why = "".join(f" ({note})" for note in report.notes[:2])
        return DataError(
            f"{path} gives no image a tag{why}; expected tags in some of its {report.rows:,} rows"
        )
    why = "; ".join(report.remarks()[:4]) or "none fits"
    return DataError(f"no tag of {path} is left: {why}; loosen the filters or the vocabulary")
