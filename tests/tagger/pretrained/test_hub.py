"""Whether the hub answers is asked once, and never for long."""

import http.server
import socket
import threading
import time
from collections.abc import Iterator

import pytest

from labelsphere.tagger.pretrained import hub


@pytest.fixture
def server() -> Iterator[str]:
    """A server on this machine that answers every question."""

    class Answers(http.server.BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Answers) as listening:
        threading.Thread(target=listening.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{listening.server_port}"
        listening.shutdown()


def ask(monkeypatch: pytest.MonkeyPatch, endpoint: str) -> bool:
    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
    monkeypatch.setenv("HF_ENDPOINT", endpoint)
    hub.hub_is_reachable.cache_clear()
    return hub.hub_is_reachable()


def test_a_server_that_answers(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert ask(monkeypatch, server)
    # Offline by the user's wish, whatever answers.
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    assert hub.hub_is_reachable()  # decided once
    hub.hub_is_reachable.cache_clear()
    assert not hub.hub_is_reachable()


def test_a_server_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    assert not ask(monkeypatch, f"http://127.0.0.1:{port}")
    assert not ask(monkeypatch, "nonsense")


def test_a_server_that_never_answers_does_not_hold_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub, "_SECONDS", 0.2)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        started = time.monotonic()
        assert not ask(monkeypatch, f"http://127.0.0.1:{silent.getsockname()[1]}")
    assert time.monotonic() - started < 2


def test_weights_that_are_published_and_those_that_are_not() -> None:
    assert hub.has_published_weights("tf_efficientnet_lite0")
    assert not hub.has_published_weights("resnetaa34d")
    assert not hub.has_published_weights("no such backbone")
