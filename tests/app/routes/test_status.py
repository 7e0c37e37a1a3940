"""How the server is doing, over HTTP."""

from pathlib import Path

from starlette.testclient import TestClient

import labelsphere as ls


def files(*contents: bytes) -> list[tuple[str, tuple[str, bytes]]]:
    """A form with some files."""
    return [("file", (f"p{number}.png", data)) for number, data in enumerate(contents)]


def test_status_routes(client: TestClient, png: bytes) -> None:
    assert client.get("/v1/health").json() == {"status": "ok"}
    assert client.get("/v1/ready").json() == {"ready": True}
    model = client.get("/v1/model").json()
    assert (model["labels"], model["changeable"], model["review"]) == (7, True, False)
    client.post("/v1/tag", files=files(png, b"x"))
    text = client.get("/metrics").text
    assert 'labelsphere_pictures_total{outcome="tagged"} 1.0' in text
    assert 'labelsphere_pictures_total{outcome="failed"} 1.0' in text
    assert "labelsphere_labels 7.0" in text


def test_the_map_is_made_once_and_kept(client: TestClient, folder: Path) -> None:
    found = client.get("/v1/map").json()
    assert sorted(found["names"]) == sorted(ls.Tagger.load(folder).vocabulary.names)
    assert len(found["x"]) == len(found["y"]) == len(found["groups"]) == 7
    kept = list(folder.glob("map-*.safetensors"))
    assert len(kept) == 1
    assert client.get("/v1/map").json() == found
