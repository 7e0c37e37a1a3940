import pytest

from labelsphere.app.listening import listen
from labelsphere.errors import UsageError


def test_a_free_port_is_taken_and_a_taken_one_refused() -> None:
    with listen("127.0.0.1", 0) as first:
        port = first.getsockname()[1]
        assert port > 0
        with pytest.raises(UsageError, match=f"127.0.0.1:{port}"):
            listen("127.0.0.1", port)


def test_an_unknown_address() -> None:
    with pytest.raises(UsageError, match="cannot listen"):
        listen("no such host", 0)
