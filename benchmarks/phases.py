"""Where the time of some work goes."""

import time
from collections.abc import Callable
from typing import Any


class Phases:
    """Seconds of functions, those within others taken off the outer ones.

    Attributes:
        seconds: By phase.
        calls: By phase.
        work: Numbers that calls tell of themselves, by name.
    """

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self.calls: dict[str, int] = {}
        self.work: dict[str, float] = {}
        self._open: list[list[Any]] = []

    def time(
        self, owner: Any, name: str, phase: str, tell: Callable[..., dict[str, float]] | None = None
    ) -> None:
        """Let a function of a module or class be timed from now on."""
        inner = getattr(owner, name)

        def outer(*given: Any, **named: Any) -> Any:
            ahead = any(entry[0] == "ahead" for entry in self._open)
            own = "ahead" if ahead else phase
            self._open.append([own, 0.0])
            started = time.perf_counter()
            try:
                return inner(*given, **named)
            finally:
                took = time.perf_counter() - started
                within = self._open.pop()[1]
                self.seconds[own] = self.seconds.get(own, 0.0) + took - within
                self.calls[own] = self.calls.get(own, 0) + 1
                if self._open:
                    self._open[-1][1] += took
                if tell is not None and not ahead:
                    self.work.update(tell(*given, **named))

        setattr(owner, name, outer)
