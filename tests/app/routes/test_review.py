"""Review of a folder, over HTTP."""

from pathlib import Path

from starlette.testclient import TestClient

from labelsphere.app.server import build_app
from labelsphere.app.settings import ServerSettings

TOKEN = {"Authorization": "Bearer a-secret-of-the-tests"}


def test_through_the_server(folder: Path, pictures: Path) -> None:
    settings = ServerSettings(token="a-secret-of-the-tests", review=pictures)
    with TestClient(build_app(folder, settings)) as client:
        assert client.get("/v1/model").json()["review"] is True
        assert client.get("/v1/review/pictures/0").headers["content-type"] == "image/jpeg"
        assert client.get("/v1/review/pictures/99").status_code == 404
        body = {"picture": 1, "label": "sky", "keep": True}
        assert client.post("/v1/review/decisions", json=body).status_code == 401
        assert client.post("/v1/review/decisions", json=body, headers=TOKEN).json() == {
            "had": False
        }
        assert (pictures / "b.txt").read_text() == "sky\n"
        broken = {"picture": 1, "label": "a\nb", "keep": True}
        answer = client.post("/v1/review/decisions", json=broken, headers=TOKEN)
        assert answer.status_code == 422
        assert (pictures / "b.txt").read_text() == "sky\n"
        undone = {"picture": 1, "label": "sky", "keep": False}
        assert client.post("/v1/review/undo", json=undone, headers=TOKEN).status_code == 200
        assert (pictures / "b.txt").read_text() == ""
        assert client.get("/v1/review").json()["pictures"] == 3


def test_without_a_folder_there_is_no_review(client: TestClient) -> None:
    assert client.get("/v1/review").status_code == 404
