"""Errors caused by the user's input, one class for each kind of remedy.

A message is one line: what was given, what was expected, and how to fix it. The command line
prints it without a traceback and exits with ``exit_code``.
"""


class LabelsphereError(Exception):
    """Base of errors that a user can fix. The command line exits with code 1."""

    exit_code = 1


class UsageError(LabelsphereError, ValueError):
    """An argument or option is wrong: out of range, unknown name, contradiction."""

    exit_code = 2


class DataError(LabelsphereError, ValueError):
    """The contents of a file or table cannot be used: empty, missing column, wrong type."""


class DivergedError(LabelsphereError):
    """A training has diverged: a loss or a score is no longer a finite number."""


class ArtefactError(LabelsphereError, ValueError):
    """A saved folder cannot be read or written: damaged, another kind, or existing."""


class WriteError(ArtefactError):
    """A file or folder cannot be written: full disk, read-only folder. No partial file is left."""


class MissingExtraError(LabelsphereError, ImportError):
    """An optional dependency is missing; the message names the command that installs it.

    Args:
        package: Name of the missing package, as imported.
        extra: The extra of Labelsphere that installs it.
    """

    def __init__(self, package: str, extra: str) -> None:
        super().__init__(
            f"'{package}' is not installed; install it with: pip install 'labelsphere[{extra}]'"
        )
