"""Copies of pipes, which can be read only once."""

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir

from labelsphere.errors import UsageError, WriteError


def temporary_folder_full(error: OSError) -> WriteError:
    """Build the error for temporary files that cannot be written.

    Args:
        error: The error of writing one.
    """
    why = (error.strerror or str(error)).partition("\n")[0]
    return WriteError(
        f"the folder for temporary files, {gettempdir()}, cannot hold a copy of the table ({why}): "
        "free some space, or set the environment variable TMPDIR to another folder"
    )


def is_pipe(path: Path) -> bool:
    """Return whether a path exists and is neither a file nor a folder."""
    return path.exists() and not path.is_file() and not path.is_dir()


class Spool:
    """Copies of pipes, which are deleted with this object."""

    def __init__(self) -> None:
        self._folder: TemporaryDirectory[str] | None = None
        self._copied = 0

    def file_for(self, path: Path) -> Path:
        """Return the path itself, or the path of a copy if it is a pipe.

        Raises:
            UsageError: If it is a device without an end, such as ``/dev/zero``.
            WriteError: If the copy cannot be written.
        """
        if not is_pipe(path):
            return path
        if path.is_block_device() or path.name in ("zero", "random", "urandom", "full"):
            raise UsageError(f"{path} is a device, not a table of images and tags")
        if self._folder is None:
            self._folder = TemporaryDirectory(prefix="labelsphere-")
        self._copied += 1
        inside = Path(self._folder.name) / str(self._copied)
        inside.mkdir()
        copy = inside / path.name
        with path.open("rb") as source:
            try:
                with copy.open("wb") as target:
                    shutil.copyfileobj(source, target)
            except OSError as error:
                raise temporary_folder_full(error) from error
        return copy
