"""``SIGTERM`` ends a command as Ctrl-C does: nothing half-written is left, and it is reported."""

import os
import signal
import threading
from types import FrameType

TERMINATED = 128 + signal.SIGTERM


class Termination:
    """Whether the process was asked to end.

    A handler that somebody else has set, such as a server's, is left alone.

    Attributes:
        asked: Whether ``SIGTERM`` has come.
    """

    def __init__(self) -> None:
        self.asked = False
        self._process = os.getpid()
        # Only the main thread may set a handler.
        main = threading.current_thread() is threading.main_thread()
        if main and signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
            signal.signal(signal.SIGTERM, self._end)

    def close(self) -> None:
        """Set the default handler again."""
        main = threading.current_thread() is threading.main_thread()
        if main and signal.getsignal(signal.SIGTERM) == self._end:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)

    def _end(self, number: int, frame: FrameType | None) -> None:
        del number, frame
        if os.getpid() != self._process:
            # A worker process that was forked off ends at once, as it would without a handler.
            os._exit(TERMINATED)
        self.asked = True
        raise KeyboardInterrupt
