"""Writers of the tags of an archive, by the ending of the output."""

from collections.abc import Callable
from pathlib import Path

from labelsphere.archive.writers.csv_file import write_csv
from labelsphere.archive.writers.jsonl import write_jsonl
from labelsphere.archive.writers.output_picture import OutputPicture
from labelsphere.archive.writers.parquet import write_parquet
from labelsphere.archive.writers.tar import write_tar
from labelsphere.errors import UsageError

__all__ = ["OUTPUT_WRITERS", "OutputPicture", "output_ending", "writer_for"]

OutputWriter = Callable[..., None]
"""Called as ``write(pictures, path, calibrated=…)``."""

OUTPUT_WRITERS: dict[str, OutputWriter] = {
    ".jsonl": write_jsonl,
    ".csv": write_csv,
    ".parquet": write_parquet,
    ".tar": write_tar,
}
"""Writers by the ending of the output; help and errors list these."""


def writer_for(path: Path) -> OutputWriter:
    """Return the writer of an output.

    Raises:
        UsageError: If no writer has its ending.
    """
    ending = path.suffix.lower()
    if ending not in OUTPUT_WRITERS:
        raise UsageError(
            f"the output's name must end in {', '.join(OUTPUT_WRITERS)}, but got {path.name!r}"
        )
    return OUTPUT_WRITERS[ending]


def output_ending(writer: OutputWriter) -> str:
    """Return the ending of a writer's files."""
    return next(ending for ending, known in OUTPUT_WRITERS.items() if known is writer)
