"""Counters for Prometheus, in one registry per server."""

import time

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


class Counters:
    """Counters of one server."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self.requests = Counter(
            "labelsphere_requests_total",
            "Requests by route and status.",
            ["route", "status"],
            registry=self._registry,
        )
        self.seconds = Histogram(
            "labelsphere_request_seconds",
            "Seconds from a request's arrival to its answer.",
            ["route"],
            buckets=_SECONDS,
            registry=self._registry,
        )
        self.pictures = Counter(
            "labelsphere_pictures_total",
            "Pictures by outcome.",
            ["outcome"],
            registry=self._registry,
        )
        self.batches = Histogram(
            "labelsphere_batch_pictures",
            "Pictures in a pass through the network.",
            buckets=(1, 2, 4, 8, 16, 32, 64),
            registry=self._registry,
        )
        self.pending = Gauge(
            "labelsphere_pictures_pending",
            "Pictures waiting or being tagged.",
            registry=self._registry,
        )
        self.labels = Gauge(
            "labelsphere_labels", "Labels that the tagger knows.", registry=self._registry
        )

    def text(self) -> bytes:
        """Return the counters in Prometheus' text format."""
        return generate_latest(self._registry)


class CountRequests:
    """ASGI middleware that counts requests by route and status.

    Args:
        app: Next application.
        counters: Counters to update.
    """

    def __init__(self, app: ASGIApp, counters: Counters) -> None:
        self._app = app
        self._counters = counters

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, and count it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        status = "none"

        async def send_counted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = str(message["status"])
            await send(message)

        try:
            await self._app(scope, receive, send_counted)
        finally:
            # Unknown paths count as one route, so that requests cannot fill the memory with names.
            route = getattr(scope.get("route"), "path", "other")
            self._counters.requests.labels(route, status).inc()
            self._counters.seconds.labels(route).observe(time.perf_counter() - started)
