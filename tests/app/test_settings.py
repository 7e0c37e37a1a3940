from pathlib import Path

import pytest

from labelsphere.app.settings import ServerSettings, is_loopback, read_token
from labelsphere.errors import UsageError


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.0.0.1", True),
        ("127.3.2.1", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("::", False),
        ("192.168.1.2", False),
        ("example.org", False),
        ("localhost.example.org", False),
    ],
)
def test_loopback_addresses(host: str, expected: bool) -> None:
    assert is_loopback(host) is expected


def test_other_addresses_need_a_token() -> None:
    with pytest.raises(UsageError, match="--token-file"):
        ServerSettings(host="0.0.0.0")
    assert not ServerSettings(host="0.0.0.0", token="a long secret").open_reading
    assert ServerSettings().open_reading


@pytest.mark.parametrize(
    "wrong",
    [
        {"max_files": 0},
        {"batch_size": 0},
        {"queue_size": -1},
        {"body_seconds": 0.0},
        {"answer_seconds": float("nan")},
        {"port": 70_000},
        {"token": "short"},
    ],
)
def test_settings_out_of_range(wrong: dict[str, object]) -> None:
    with pytest.raises(UsageError, match=next(iter(wrong))):
        ServerSettings(**wrong)  # type: ignore[arg-type]


def test_the_token_file(tmp_path: Path) -> None:
    path = tmp_path / "token"
    with pytest.raises(UsageError, match="cannot be read"):
        read_token(path)
    path.write_text(" \n")
    with pytest.raises(UsageError, match="empty"):
        read_token(path)
    path.write_text("the secret\n")
    assert read_token(path) == "the secret"
