"""Writing of annotations as a table or in the format of another program."""

from pathlib import Path

from labelsphere.annotations.table_data import TableData
from labelsphere.annotations.writers import WRITERS, WriteOptions
from labelsphere.annotations.writers.base import lost_notes
from labelsphere.artefact import check_free, check_free_file, new_file, new_folder
from labelsphere.errors import UsageError

# Default format of each ending.
_BY_ENDING = {".csv": "csv", ".jsonl": "jsonl", ".parquet": "parquet"}


def write_annotations(
    annotations: TableData,
    path: str | Path,
    *,
    format: str | None,
    pictures: bool,
    overwrite: bool,
) -> list[str]:
    """Write annotations; the arguments are those of `Annotations.write`.

    Raises:
        UsageError: If the format is unknown, or the path has another ending.
        DataError: If the format cannot store a tag or a column.
        ArtefactError: If the file or folder exists.
    """
    path = Path(path)
    writer = WRITERS[check_writable(path, format=format, overwrite=overwrite)]
    options = WriteOptions(pictures=pictures and annotations.pictures is not None)
    missing = pictures and annotations.pictures is None
    if writer.ending:
        if pictures:
            raise UsageError(f"pictures can be copied into a folder only, but {path} is a file")
        with new_file(path) as temporary:
            notes = writer.write(annotations, temporary, options)
    else:
        with new_folder(path, overwrite=overwrite) as folder:
            notes = writer.write(annotations, folder, options)
    why = annotations.report.no_pictures or "the annotations have no pictures"
    fix = "name their folder with the argument `images`"
    uncopied = [f"{why}: none are copied; {fix}"] if missing else []
    return [*lost_notes(annotations, writer.keeps), *uncopied, *notes]


def check_writable(path: Path, *, format: str | None = None, overwrite: bool = False) -> str:
    """Check that a file or folder can be written, before any work is done.

    Returns:
        Name of the format.

    Raises:
        UsageError: If the format is unknown, or neither given nor known from the ending.
        ArtefactError: If the file or folder exists.
    """
    if format is not None and format not in WRITERS:
        raise UsageError(f"format must be one of {', '.join(WRITERS)}, but got {format!r}")
    ending = path.suffix.lower()
    if format is None and ending not in _BY_ENDING:
        raise UsageError(
            f"{path} must end in one of {', '.join(_BY_ENDING)}, or its format must be named"
        )
    name = format or _BY_ENDING[ending]
    if WRITERS[name].ending:
        check_free_file(path, overwrite=overwrite)
    else:
        check_free(path, overwrite=overwrite)
    return name
