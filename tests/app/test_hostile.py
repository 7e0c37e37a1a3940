"""Clients that mean harm or vanish, through real sockets: the server stays up for the others."""

import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.request import Request, urlopen

import pytest
import uvicorn

from labelsphere.app.listening import listen
from labelsphere.app.server import build_app
from labelsphere.app.settings import ServerSettings

SLOW = 300


@pytest.fixture
def port(folder: Path) -> Iterator[int]:
    """Port of a server that waits two seconds for a body."""
    settings = ServerSettings(token="a-secret-of-the-tests", body_seconds=2.0)
    listening = listen("127.0.0.1", 0)
    server = uvicorn.Server(uvicorn.Config(build_app(folder, settings), log_level="error"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    yield listening.getsockname()[1]
    server.should_exit = True
    thread.join(30)
    assert not thread.is_alive()


def tag(port: int, png: bytes) -> int:
    """Status of an honest request."""
    request = Request(f"http://127.0.0.1:{port}/v1/tag", png, {"Content-Type": "image/png"})
    with urlopen(request, timeout=60) as answer:
        return int(answer.status)


def connected(port: int, sent: bytes) -> socket.socket:
    """A connection that has sent something and waits."""
    connection = socket.create_connection(("127.0.0.1", port), timeout=60)
    connection.sendall(sent)
    return connection


def head(length: int) -> bytes:
    return (
        f"POST /v1/tag HTTP/1.1\r\nHost: localhost\r\nContent-Type: image/png\r\n"
        f"Content-Length: {length}\r\n\r\n"
    ).encode()


def test_slow_uploads_hold_up_nobody(port: int, png: bytes) -> None:
    tag(port, png)
    slow = [connected(port, head(1_000_000) + b"x" * 10) for _ in range(SLOW)]
    started = time.monotonic()
    assert tag(port, png) == 200
    assert time.monotonic() - started < 30
    answers = [connection.recv(64) for connection in slow[:20]]
    assert all(b" 408 " in answer for answer in answers)
    for connection in slow:
        connection.close()
    assert tag(port, png) == 200


def test_clients_that_vanish_leave_their_room(port: int, png: bytes) -> None:
    for _ in range(100):
        connected(port, head(len(png)) + png).close()
        connected(port, head(len(png)) + png[: len(png) // 2]).close()
    assert tag(port, png) == 200
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        text = urlopen(f"http://127.0.0.1:{port}/metrics", timeout=30).read().decode()
        if "labelsphere_pictures_pending 0.0" in text:
            return
        time.sleep(0.2)
    raise AssertionError("room of clients that have gone is not given back")


@pytest.mark.parametrize(
    "sent",
    [
        b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 20_000 + b"\r\n",
        b"GET /" + b"a" * 200_000 + b" HTTP/1.1\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"POST /v1/tag HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        head(10**10),
        head(100) + b"\x00" * 100,
    ],
)
def test_broken_requests_are_answered_or_closed(port: int, png: bytes, sent: bytes) -> None:
    connection = socket.create_connection(("127.0.0.1", port), timeout=60)
    try:
        connection.sendall(sent)
        answer = connection.recv(64)
    # The server may close before all is sent.
    except (BrokenPipeError, ConnectionResetError):
        answer = b""
    connection.close()
    assert not answer or b"HTTP/1.1 4" in answer
    assert tag(port, png) == 200
