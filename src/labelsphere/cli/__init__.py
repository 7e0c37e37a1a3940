"""The command line: parse, call, print. One file per verb; all the logic is elsewhere.

Results go to stdout; progress, remarks and errors to stderr. Exit codes: 0 done, 1 failure,
2 bad usage, 130 interrupted, 143 terminated.
"""

import errno
import os
import sys
import traceback
import warnings
from collections.abc import Sequence
from typing import Annotated

import typer

from labelsphere.cli.arguments import option_names
from labelsphere.cli.output import discard_results, escape_letters, escaped, finish_results
from labelsphere.cli.termination import TERMINATED, Termination
from labelsphere.cli.verbs import VerbGroup
from labelsphere.errors import LabelsphereError
from labelsphere.version import __version__

__all__ = ["main"]

INTERRUPTED = 130

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO})

app = typer.Typer(cls=VerbGroup, add_completion=False, rich_markup_mode="markdown")


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"labelsphere {__version__}")
        raise typer.Exit


@app.callback()
def labelsphere(
    version: Annotated[
        bool,
        typer.Option(
            "--version", help="Print the version.", callback=_print_version, is_eager=True
        ),
    ] = False,
    debug: Annotated[
        bool,
        typer.Option("--debug", help="Show the traceback of an error. Works after a verb too."),
    ] = False,
) -> None:
    """Train image taggers with thousands of tags.

    Tags that occur together become neighbours on a unit sphere. A network learns to predict a
    point on it, and the tags nearest to that point are its prediction.
    """


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Args:
        arguments: What follows ``labelsphere``; by default what the process was given.

    Returns:
        The exit code.
    """
    given = list(sys.argv[1:] if arguments is None else arguments) or ["--help"]
    given, debug = _take_debug(given)
    escape_letters()
    # Large pictures are read, and pictures over the limit are reported, so Pillow need not warn.
    warnings.filterwarnings("ignore", message="Image size .* decompression bomb")
    command = typer.main.get_command(app)
    termination = Termination()
    try:
        code = command.main(given, prog_name="labelsphere", standalone_mode=False, obj=tuple(given))
        finish_results()
    except KeyboardInterrupt:
        code = INTERRUPTED
    except BrokenPipeError:
        # The reader of stdout, such as head, has closed the pipe.
        discard_results()
        return 1
    except Exception as error:
        if debug:
            traceback.print_exc()
        if isinstance(error, OSError):
            discard_results()
        typer.echo(f"labelsphere: {_one_line(error)}", err=True)
        return int(getattr(error, "exit_code", 1))
    finally:
        termination.close()
    if code == INTERRUPTED and termination.asked:
        typer.echo("labelsphere: terminated", err=True)
        return TERMINATED
    if code == INTERRUPTED:
        typer.echo("labelsphere: interrupted", err=True)
    return code if isinstance(code, int) else 0


def _take_debug(given: list[str]) -> tuple[list[str], bool]:
    """Remove ``--debug``, anywhere before a ``--``."""
    end = given.index("--") if "--" in given else len(given)
    kept = [word for word in given[:end] if word != "--debug"] + given[end:]
    return kept, len(kept) < len(given) or bool(os.environ.get("LABELSPHERE_DEBUG"))


def _one_line(error: Exception) -> str:
    """Format an error as one line."""
    if isinstance(error, LabelsphereError):
        return _join(option_names(str(error)))
    if isinstance(error, typer.TyperException):
        context = getattr(error, "ctx", None)
        path = context.command_path if context else "labelsphere"
        message = _join(error.format_message()) + _given(error)
        stop = "" if message.endswith((".", "?", ")")) else "."
        return f"{message}{stop} See {path} --help."
    if isinstance(error, OSError) and error.filename and error.strerror:
        return f"cannot use {error.filename}: {error.strerror}"
    if isinstance(error, OSError) and error.errno in _FULL:
        return f"cannot write to the standard output: {error.strerror}"
    if isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryError":
        reason = _join(str(error)).rstrip(".")
        return (
            f"out of memory{f' ({reason})' if reason else ''}: give smaller batches or fewer rows"
        )
    if isinstance(error, RecursionError):
        return "the input is nested too deeply to be read: expected a plain table of tags"
    what = f"{type(error).__name__}: {_join(str(error))}".removesuffix(": ")
    return f"unexpected {what}; run again with --debug to see where"


def _given(error: typer.TyperException) -> str:
    """The refused value of an option, where the message does not name it."""
    # Typer checks values with pydantic, whose error is the cause and holds what was given.
    if isinstance(error.__cause__, ValueError) and hasattr(error.__cause__, "errors"):
        return f", but got {error.__cause__.errors()[0]['input']!r}"
    return ""


def _join(message: str) -> str:
    return escaped(" ".join(message.split()))
