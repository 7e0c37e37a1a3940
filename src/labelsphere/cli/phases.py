"""Progress of a job with several phases: one bar for each."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TypeAlias

from labelsphere.cli.output import Update, progress, remark
from labelsphere.errors import WriteError

OnPhase: TypeAlias = Callable[..., None]
"""Called as ``on_phase(what, done, total, remark)``; a new ``what`` begins a new bar."""


@contextmanager
def phases() -> Iterator[OnPhase]:
    """Show the progress of a job: each phase has its own bar, elapsed time and time left.

    Yields:
        A function to call as ``on_phase(what, done, total=None, remark="")``.
    """
    with ExitStack() as shown:
        current: tuple[str, Update] | None = None

        def on_phase(what: str, done: int, total: int | None = None, remark: str = "") -> None:
            nonlocal current
            if current is None or current[0] != what:
                shown.close()
                current = (what, shown.enter_context(progress(what, total)))
            current[1](done, total, remark)

        yield on_phase


@contextmanager
def checkpoint_hint(checkpoint: Path) -> Iterator[None]:
    """Print the checkpoint's path if training is interrupted or the result cannot be written."""
    try:
        yield
    except (KeyboardInterrupt, WriteError):
        if (checkpoint / "config.json").exists():
            remark(f"the same command continues from the checkpoint in {checkpoint}")
        raise
