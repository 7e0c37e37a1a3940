"""Handling of ``SIGTERM`` as of Ctrl-C: files are cleaned up, and the end is reported."""

import os
import signal
import threading
from types import FrameType

TERMINATED = 128 + signal.SIGTERM


class Termination:
    """Handler of ``SIGTERM`` that raises ``KeyboardInterrupt``.

    A handler that is set already, such as a server's, is kept.

    Attributes:
        asked: Whether ``SIGTERM`` was received.
    """

    def __init__(self) -> None:
        self.asked = False
        self._process = os.getpid()
        # Only the main thread may set a handler.
        main = threading.current_thread() is threading.main_thread()
        if main and signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
            signal.signal(signal.SIGTERM, self._end)

    def close(self) -> None:
        """Restore the default handler."""
        main = threading.current_thread() is threading.main_thread()
        if main and signal.getsignal(signal.SIGTERM) == self._end:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)

    def _end(self, number: int, frame: FrameType | None) -> None:
        del number, frame
        if os.getpid() != self._process:
            # A forked worker process ends at once, as it would without a handler.
            os._exit(TERMINATED)
        self.asked = True
        raise KeyboardInterrupt
