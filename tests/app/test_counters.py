"""What a server counts."""

import asyncio

from starlette.types import Message, Receive, Scope, Send

from labelsphere.app.counters import Counters, CountRequests


def asked(counters: Counters, scope: dict[str, object], status: int | None) -> None:
    """Send one request through the middleware to an application with one answer."""

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        if status is None:
            raise RuntimeError("broken")
        await send({"type": "http.response.start", "status": status, "headers": []})

    async def receive() -> Message:
        return {"type": "http.request"}

    async def send(message: Message) -> None:
        assert message["status"] == status

    try:
        asyncio.run(CountRequests(application, counters)(scope, receive, send))
    except RuntimeError:
        assert status is None


class Route:
    path = "/v1/labels/{name}"


def test_requests_are_counted_by_route_and_status() -> None:
    counters = Counters()
    for status in (200, 200, 404):
        asked(counters, {"type": "http", "route": Route()}, status)
    asked(counters, {"type": "http", "route": Route()}, None)
    text = counters.text().decode()
    line = 'labelsphere_requests_total{{route="/v1/labels/{{name}}",status="{}"}} {}'
    assert line.format(200, "2.0") in text
    assert line.format(404, "1.0") in text
    assert line.format("none", "1.0") in text
    assert 'labelsphere_request_seconds_count{route="/v1/labels/{name}"} 4.0' in text


def test_paths_that_nobody_serves_fill_no_memory() -> None:
    counters = Counters()
    for number in range(50):
        asked(counters, {"type": "http", "path": f"/{number}"}, 404)
    text = counters.text().decode()
    assert 'labelsphere_requests_total{route="other",status="404"} 50.0' in text
    assert text.count("labelsphere_requests_total{") == 1


def test_what_is_no_request_is_not_counted() -> None:
    counters = Counters()
    asked(counters, {"type": "lifespan"}, 200)
    assert "labelsphere_requests_total{" not in counters.text().decode()


def test_two_servers_of_a_process_count_apart() -> None:
    first, second = Counters(), Counters()
    first.pictures.labels("tagged").inc(3)
    assert 'outcome="tagged"} 3.0' in first.text().decode()
    assert "outcome=" not in second.text().decode()
