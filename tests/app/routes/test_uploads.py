"""Pictures of requests: forms, whole bodies, and what is neither."""

import pytest
from starlette.testclient import TestClient

FORM = {"content-type": "multipart/form-data; boundary=x"}


def files(*contents: bytes) -> list[tuple[str, tuple[str, bytes]]]:
    """A form with some files."""
    return [("file", (f"p{number}.png", data)) for number, data in enumerate(contents)]


def test_a_picture_as_the_whole_body(client: TestClient, png: bytes) -> None:
    answer = client.post("/v1/tag", content=png, headers={"content-type": "image/png"})
    assert answer.json()["results"][0]["tags"]


@pytest.mark.parametrize(
    ("status", "request_"),
    [
        (415, {"content": b"{}", "headers": {"content-type": "application/json"}}),
        (415, {"content": b"abc"}),
        (400, {"content": b"broken", "headers": FORM}),
        (400, {"content": b"--x\r\nbroken", "headers": {"content-type": "multipart/form-data"}}),
        (422, {"content": b"--x--\r\n", "headers": FORM}),
        (422, {"content": b"", "headers": {"content-type": "image/png"}}),
        (422, {"data": {"file": "text"}, "files": {"": ("", b"")}}),
        (413, {"content": b"", "headers": {"content-length": "9" * 12, **FORM}}),
        (400, {"content": b"", "headers": {"content-length": "-1", **FORM}}),
    ],
)
def test_requests_that_hold_no_picture(
    client: TestClient, status: int, request_: dict[str, object], png: bytes
) -> None:
    answer = client.post("/v1/tag", **request_)  # type: ignore[arg-type]
    assert (
        answer.status_code in (status, 400, 422) if status == 422 else answer.status_code == status
    )
    assert client.post("/v1/tag", files=files(png)).status_code == 200


def test_too_many_files(client: TestClient, png: bytes) -> None:
    assert client.post("/v1/tag", files=files(*[png] * 65)).status_code == 400
