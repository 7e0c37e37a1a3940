"""From uploaded bytes to tags, within the limits."""

from pathlib import Path

from starlette.testclient import TestClient

from labelsphere.app.server import build_app
from labelsphere.app.settings import ServerSettings


def files(*contents: bytes) -> list[tuple[str, tuple[str, bytes]]]:
    """A form with some files."""
    return [("file", (f"p{number}.png", data)) for number, data in enumerate(contents)]


def test_a_picture_of_too_many_pixels_is_not_decoded(client: TestClient) -> None:
    from io import BytesIO

    from PIL import Image

    out = BytesIO()
    Image.new("1", (1200, 1200)).save(out, "PNG")
    answer = client.post("/v1/tag", files=files(out.getvalue()))
    assert answer.status_code == 422
    assert "1,200 × 1,200 pixels" in answer.json()["results"][0]["error"]


def test_a_full_queue_says_when_to_come_back(folder: Path, png: bytes) -> None:
    settings = ServerSettings(queue_size=2)
    with TestClient(build_app(folder, settings)) as client:
        answer = client.post("/v1/tag", files=files(png, png, png))
        assert answer.status_code == 503
        assert int(answer.headers["retry-after"]) > 0
        assert client.post("/v1/tag", files=files(png, png)).status_code == 200
