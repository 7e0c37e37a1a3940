"""Files that the tags of an archive are written to: one file a form, chosen by the ending."""

from collections.abc import Callable
from pathlib import Path

from labelsphere.archive.writers.csv_file import write_csv
from labelsphere.archive.writers.jsonl import write_jsonl
from labelsphere.archive.writers.parquet import write_parquet
from labelsphere.archive.writers.tar import write_tar
from labelsphere.archive.writers.written import Written
from labelsphere.errors import UsageError

__all__ = ["OUTPUT_WRITERS", "Written", "output_ending", "writer_for"]

OutputWriter = Callable[..., None]
"""Called as ``write(pictures, path, calibrated=…)``."""

OUTPUT_WRITERS: dict[str, OutputWriter] = {
    ".jsonl": write_jsonl,
    ".csv": write_csv,
    ".parquet": write_parquet,
    ".tar": write_tar,
}
"""Writers by the ending of the output. Adding one here makes it known to help and errors."""


def writer_for(path: Path) -> OutputWriter:
    """The writer of an output.

    Raises:
        UsageError: If its ending is that of none.
    """
    ending = path.suffix.lower()
    if ending not in OUTPUT_WRITERS:
        raise UsageError(
            f"the output's name must end in {', '.join(OUTPUT_WRITERS)}, but got {path.name!r}"
        )
    return OUTPUT_WRITERS[ending]


def output_ending(writer: OutputWriter) -> str:
    """The ending that a writer's files have."""
    return next(ending for ending, known in OUTPUT_WRITERS.items() if known is writer)
