"""What every request meets first: limits, the token, and headers of the answer."""

import asyncio
import time
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from starlette.types import Message, Receive, Scope, Send

import labelsphere as ls
from labelsphere.app.guard import Guard
from labelsphere.app.server import build_app
from labelsphere.app.settings import ServerSettings


def files(*contents: bytes) -> list[tuple[str, tuple[str, bytes]]]:
    """A form with some files."""
    return [("file", (f"p{number}.png", data)) for number, data in enumerate(contents)]


@pytest.mark.parametrize("header", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": "x"}])
def test_changes_need_the_token(client: TestClient, folder: Path, header: dict[str, str]) -> None:
    calls = [
        ("POST", "/v1/labels", {"name": "a", "like": ["red"]}),
        ("PATCH", "/v1/labels/red", {"name": "a"}),
        ("DELETE", "/v1/labels/red", None),
        ("POST", "/v1/labels/red/merge", {"into": "sky"}),
        ("POST", "/v1/review/decisions", {"picture": 0, "label": "a", "keep": True}),
    ]
    for method, path, body in calls:
        answer = client.request(method, path, json=body, headers=header)
        assert answer.status_code == 401
        assert "Bearer TOKEN" in answer.json()["error"]
    assert len(ls.Tagger.load(folder).vocabulary) == 7


def test_where_others_can_reach_it_everything_needs_the_token(folder: Path, png: bytes) -> None:
    settings = ServerSettings(host="0.0.0.0", token="a-long-secret")
    with TestClient(build_app(folder, settings)) as client:
        for path in ("/v1/labels", "/v1/model", "/metrics", "/v1/openapi.json", "/v1/map"):
            assert client.get(path).status_code == 401
        assert client.post("/v1/tag", files=files(png)).status_code == 401
        assert client.get("/v1/health").status_code == 200
        assert client.get("/").status_code == 200
        good = {"Authorization": "Bearer a-long-secret"}
        assert client.get("/v1/labels", headers=good).status_code == 200


def test_headers_that_keep_the_page_to_itself(client: TestClient) -> None:
    for path in ("/", "/page/main.js", "/v1/labels", "/nowhere"):
        headers = client.get(path).headers
        assert headers["content-security-policy"].startswith("default-src 'self'")
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"


def test_a_body_over_the_limit_that_does_not_say_so(client: TestClient) -> None:
    settings = client.app.state.services.settings  # type: ignore[attr-defined]
    chunk = b"x" * 500_000

    def body() -> object:
        for _ in range(settings.max_body_bytes // len(chunk) + 2):
            yield chunk

    answer = client.post("/v1/tag", content=body(), headers={"content-type": "image/png"})  # type: ignore[arg-type]
    assert answer.status_code == 413


def test_every_route_that_changes_something_needs_the_token(client: TestClient) -> None:
    reading = {"/v1/tag", "/v1/similar", "/v1/combine", "/v1/sidecar"}
    paths = client.get("/v1/openapi.json").json()["paths"]
    tried = 0
    for path, calls in paths.items():
        for method in calls:
            if method == "get" or path in reading:
                continue
            answer = client.request(method.upper(), path.replace("{name}", "red"))
            assert answer.status_code == 401, (method, path)
            tried += 1
    assert tried >= 7


@pytest.mark.parametrize("length", ["abc", "-5", "1.5", "0x10", "+1", " 1 2"])
def test_a_length_that_is_no_number(client: TestClient, length: str) -> None:
    answer = client.post("/v1/combine", content=b"{}", headers={"content-length": length})
    assert answer.status_code == 400


def test_a_body_that_is_announced_too_large_is_not_read(client: TestClient) -> None:
    answer = client.post(
        "/v1/tag",
        content=b"x",
        headers={"content-length": str(2**30), "content-type": "image/png"},
    )
    assert answer.status_code == 413
    assert answer.headers["connection"] == "close"
    assert "MiB" in answer.json()["error"]


def test_a_body_that_never_ends_is_given_up() -> None:
    sent: list[Message] = []

    async def reading(scope: Scope, receive: Receive, send: Send) -> None:
        while (await receive()).get("more_body"):
            pass

    async def one_byte_a_time() -> Message:
        await asyncio.sleep(0.02)
        return {"type": "http.request", "body": b"x", "more_body": True}

    async def note(message: Message) -> None:
        sent.append(message)

    guard = Guard(reading, ServerSettings(body_seconds=0.2))
    scope: Scope = {"type": "http", "method": "POST", "path": "/v1/tag", "headers": []}
    started = time.monotonic()
    asyncio.run(guard(scope, one_byte_a_time, note))
    assert time.monotonic() - started < 5
    assert [message.get("status") for message in sent] == [408, None]
    assert b"within 0.2 s" in sent[1]["body"]
