"""Reading annotations from any source: tell the format, read, filter, number the tags."""

from pathlib import Path

import numpy as np

from labelsphere.annotations.assembly import assemble
from labelsphere.annotations.filters import (
    check_confidences,
    drop_absent,
    drop_uncertain,
    rename_labels,
)
from labelsphere.annotations.locating import find_pictures
from labelsphere.annotations.pictures import PictureBytes, Pictures
from labelsphere.annotations.readers import READERS, RawTable, ReadOptions
from labelsphere.annotations.report import ReadReport
from labelsphere.annotations.table import Annotations
from labelsphere.annotations.vocabulary import Vocabulary
from labelsphere.errors import DataError, UsageError


def read_annotations(
    source: str | Path,
    *,
    format: str | None = None,
    separator: str | None = None,
    image_column: str | None = None,
    tag_column: str | None = None,
    images: str | Path | None = None,
    min_count: int = 1,
    min_confidence: float = 0.0,
    vocabulary: Vocabulary | str | Path | None = None,
    label_names: str | Path | None = None,
) -> Annotations:
    """Read who is tagged with what.

    Args:
        source: CSV, TSV, JSONL, Parquet, COCO instances or Open Images file, or a folder of
            images with text files beside them.
        format: ``"csv"`` (TSV too), ``"jsonl"``, ``"parquet"``, ``"coco"``, ``"open-images"`` or
            ``"folder"``; if None, told from the name and the first line.
        separator: What stands between the tags in a cell or sidecar; ``""`` if each row is one
            tag. If None: one tag a row where the tag column's name is in the singular (``label``)
            or unknown with confidences beside it, else a comma.
        image_column: Column of the image's id or path; if None, recognised.
        tag_column: Column of the tags; if None, recognised.
        images: Folder that picture paths are relative to; if None, the table's own folder. There
            a thousand are looked for, and if none is found the annotations have no pictures.
        min_count: Drop labels on fewer images than this. Images stay, if need be without tags.
        min_confidence: Drop tags of a lower confidence. Confidence 0 is always dropped.
        vocabulary: The labels to keep, or a file of them, one a line; others are counted in the
            report. If None, all that occur, in alphabetical order.
        label_names: CSV of label codes and their names, without further columns, such as Open
            Images' class descriptions.

    Returns:
        The annotations, rows in the source's order.

    Raises:
        UsageError: If the source is not there, its format is unknown, or arguments contradict.
        DataError: If the source's contents cannot be used, or no tag is left.
    """
    path = Path(source)
    chosen = _check(path, format, images, min_count, min_confidence, vocabulary)
    if isinstance(vocabulary, str | Path):
        vocabulary = Vocabulary.read(vocabulary)
    raw = READERS[chosen].read(path, ReadOptions(separator, image_column, tag_column))
    report = ReadReport(rows=raw.rows, notes=list(raw.notes))
    tags = raw.tags if label_names is None else rename_labels(raw.tags, Path(label_names), report)
    check_confidences(tags, path)
    tags = drop_uncertain(drop_absent(tags, report), min_confidence, report)
    labels, matrix = assemble(
        tags["row"].to_numpy(),
        tags["tag"],
        tags["confidence"].to_numpy().astype(np.float32) if "confidence" in tags else None,
        n_images=len(raw.image_ids),
        vocabulary=vocabulary,
        min_count=min_count,
        report=report,
    )
    if not matrix.nnz:
        raise DataError(_nothing_left(path, raw, report))
    ids = raw.image_ids.to_list()
    pictures = _pictures(raw, ids, path, images)
    return Annotations(ids, labels, matrix, raw.columns, pictures, report)


def _check(
    path: Path,
    given: str | None,
    images: str | Path | None,
    min_count: int,
    min_confidence: float,
    vocabulary: Vocabulary | str | Path | None,
) -> str:
    """Check what can be checked before reading; returns the format's name."""
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
    if path.is_dir() != (chosen == "folder"):
        what = "a folder" if path.is_dir() else "a file"
        raise UsageError(f"{path} is {what}, which format {chosen!r} does not read")
    if images is not None and chosen == "folder":
        raise UsageError("images cannot be given for a folder: its own images are read")
    return chosen


def _format_of(path: Path) -> str:
    if path.is_dir():
        return "folder"
    suffix = path.suffix.lower()
    for name, reader in READERS.items():
        if suffix in reader.suffixes and reader.fits(path):
            return name
    endings = sorted({suffix for reader in READERS.values() for suffix in reader.suffixes})
    raise UsageError(
        f"the format of {path} cannot be told from its ending; expected one of "
        f"{', '.join(endings)}, or a format out of {', '.join(READERS)}"
    )


def _pictures(
    raw: RawTable, ids: list[str], path: Path, images: str | Path | None
) -> Pictures | None:
    if raw.picture_bytes is not None:
        return PictureBytes(raw.picture_bytes, ids)
    if raw.paths is None:
        return None
    if images is not None or path.is_dir():
        return find_pictures(raw.paths, Path(images or path), sure=True)
    return find_pictures(raw.paths, path.parent, sure=False)


def _nothing_left(path: Path, raw: RawTable, report: ReadReport) -> str:
    if not len(raw.tags):
        return f"{path} gives no image a tag; expected tags in some of its {raw.rows:,} rows"
    why = "; ".join(report.remarks()[:4]) or "none fits"
    return f"no tag of {path} is left: {why}; loosen the filters or the vocabulary"
