"""Files that the tags of an archive are written to: one file a form, chosen by the ending."""

from collections.abc import Callable
from pathlib import Path

from labelsphere.archive.writers.csv_file import write_csv
from labelsphere.archive.writers.jsonl import write_jsonl
from labelsphere.archive.writers.parquet import write_parquet
from labelsphere.archive.writers.tar import write_tar
from labelsphere.archive.writers.written import Written
from labelsphere.errors import UsageError

__all__ = ["WRITERS", "Written", "ending_of", "writer_for"]

Writer = Callable[..., None]
"""Called as ``write(pictures, path, calibrated=…)``."""

WRITERS: dict[str, Writer] = {
    ".jsonl": write_jsonl,
    ".csv": write_csv,
    ".parquet": write_parquet,
    ".tar": write_tar,
}
"""Writers by the ending of the output. Adding one here makes it known to help and errors."""


def writer_for(path: Path) -> Writer:
    """The writer of an output.

    Raises:
        UsageError: If its ending is that of none.
    """
    ending = path.suffix.lower()
    if ending not in WRITERS:
        raise UsageError(
            f"the output's name must end in {', '.join(WRITERS)}, but got {path.name!r}"
        )
    return WRITERS[ending]


def ending_of(writer: Writer) -> str:
    """The ending that a writer's files have."""
    return next(ending for ending, known in WRITERS.items() if known is writer)
