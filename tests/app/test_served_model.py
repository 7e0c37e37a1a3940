"""An exported model behind the server: it tags as the tagger does, and says what it cannot do."""

from pathlib import Path

import pytest
from starlette.testclient import TestClient

import labelsphere as ls
from labelsphere.app.server import build_app
from labelsphere.app.settings import ServerSettings
from labelsphere.errors import ArtefactError


@pytest.fixture
def tagger(calibrated: Path) -> ls.Tagger:
    loaded = ls.Tagger.load(calibrated)
    loaded.precision = "float32"
    return loaded


@pytest.fixture
def client(exported: Path, token: dict[str, str]) -> TestClient:
    secret = token["Authorization"].removeprefix("Bearer ")
    return TestClient(build_app(exported, ServerSettings(token=secret)))


@pytest.mark.parametrize("kind", range(4))
def test_answers_equal_those_of_the_tagger(
    client: TestClient, tagger: ls.Tagger, pictures_of_kinds: list[bytes], kind: int
) -> None:
    data = pictures_of_kinds[kind]
    expected = tagger.tag(data, top=7)
    with client:
        found = client.post("/v1/tag?top=7", files={"file": ("p.png", data)}).json()
    tags = found["results"][0]["tags"]
    # Labels that always occur together tie up to rounding, and may change places.
    assert [tag["probability"] for tag in tags] == pytest.approx(
        [t.probability for t in expected], abs=1e-4
    )
    by_label = {tag["label"]: tag for tag in tags}
    assert by_label.keys() == {tag.label for tag in expected}
    for tag in expected:
        same = by_label[tag.label]
        assert same["score"] == pytest.approx(tag.score, abs=1e-4)
        assert same["probability"] == pytest.approx(tag.probability, abs=1e-4)
        level = "accept" if tag.accepted else "suggest" if tag.suggested else "none"
        assert same["level"] == level


def test_labels_and_model_are_told(client: TestClient, tagger: ls.Tagger) -> None:
    with client:
        labels = client.get("/v1/labels").json()["labels"]
        model = client.get("/v1/model").json()
        assert client.get("/metrics").status_code == 200
    counts = dict(zip(tagger.vocabulary, tagger.labels.counts.tolist(), strict=True))
    assert {label["name"]: label["count"] for label in labels} == counts
    assert not any(label["embedded"] for label in labels)
    assert (model["calibrated"], model["has_space"], model["changeable"]) == (True, False, False)
    assert model["backbone"] == "test_resnet"


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/v1/labels/red/neighbors", None),
        ("POST", "/v1/combine", {"plus": ["red"]}),
        ("GET", "/v1/map", None),
        ("POST", "/v1/labels", {"name": "new", "like": ["red"]}),
        ("PATCH", "/v1/labels/red", {"name": "crimson"}),
        ("POST", "/v1/labels/red/merge", {"into": "warm"}),
        ("DELETE", "/v1/labels/red", None),
    ],
)
def test_what_needs_a_label_space_is_refused_with_the_reason(
    client: TestClient,
    token: dict[str, str],
    exported: Path,
    method: str,
    path: str,
    body: dict[str, object] | None,
) -> None:
    before = {file.name: file.read_bytes() for file in exported.iterdir()}
    with client:
        answer = client.request(method, path, json=body, headers=token)
    assert answer.status_code == 422
    assert "exported model" in answer.json()["error"]
    assert "--engine onnx" in answer.json()["error"]
    assert {file.name: file.read_bytes() for file in exported.iterdir()} == before


def test_pictures_have_no_neighbours_and_one_order(client: TestClient, png: bytes) -> None:
    form = {"file": ("p.png", png)}
    with client:
        near = client.post("/v1/similar", files=form)
        ordered = client.post("/v1/tag?specific=0.5", files=form)
    assert (near.status_code, ordered.status_code) == (422, 422)
    assert "exported model" in near.json()["error"]
    assert "exported model" in ordered.json()["error"]


def test_the_file_alone_serves_as_well(exported: Path, png: bytes, tmp_path: Path) -> None:
    alone = tmp_path / "alone.onnx"
    alone.write_bytes((exported / "model.onnx").read_bytes())
    with TestClient(build_app(alone, ServerSettings())) as client:
        assert client.post("/v1/tag", files={"file": ("p.png", png)}).json()["results"][0]["tags"]
        assert {label["count"] for label in client.get("/v1/labels").json()["labels"]} == {0}


def test_no_model(tmp_path: Path) -> None:
    broken = tmp_path / "broken.onnx"
    broken.write_bytes(b"no model")
    for path in (broken, tmp_path / "missing.onnx"):
        with pytest.raises(ArtefactError, match="cannot be opened as an ONNX model"):
            build_app(path, ServerSettings())
