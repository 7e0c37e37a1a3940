"""A test for each class of OWASP's list of API risks (2023) that applies to this server.

Left out: API6, sensitive business flows, and API10, unsafe consumption of APIs. It has neither.
"""

import socket
import urllib.request
from pathlib import Path

import pytest
from starlette.testclient import TestClient

import labelsphere as ls
from labelsphere.app.server import build_app
from labelsphere.app.settings import ServerSettings

SECRET = "a-secret-of-the-tests"
HEADER = {"Authorization": f"Bearer {SECRET}"}


def state_of(folder: Path) -> dict[str, bytes]:
    """All files below a folder, and what is in them."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture
def reviewing(folder: Path, pictures: Path) -> TestClient:
    settings = ServerSettings(token=SECRET, review=pictures, pictures=pictures)
    return TestClient(build_app(folder, settings))


@pytest.mark.parametrize(
    "number",
    ["-1", "3", "999999999999999999999", "1e0", "..%2f..%2foutside.png", "%00", "link.png"],
)
@pytest.mark.parametrize("path", ["/v1/review/pictures/", "/v1/pictures/"])
def test_api1_objects_are_reached_by_their_number_alone(
    reviewing: TestClient, path: str, number: str
) -> None:
    with reviewing as client:
        assert client.get(path + number).status_code in (404, 422)


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"Authorization": ""},
        {"Authorization": "Bearer "},
        {"Authorization": SECRET},
        {"Authorization": f"Basic {SECRET}"},
        {"Authorization": f"Bearer {SECRET}x"},
        {"Authorization": f"Bearer {SECRET[:-1]}"},
        {"X-Forwarded-For": "127.0.0.1", "Authorization": "Bearer x"},
    ],
)
def test_api2_a_wrong_token_is_refused_and_nothing_is_changed(
    client: TestClient, folder: Path, given: dict[str, str]
) -> None:
    before = state_of(folder)
    answer = client.post("/v1/labels", json={"name": "a", "like": ["red"]}, headers=given)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert SECRET not in answer.text
    assert client.post(f"/v1/labels?token={SECRET}", json={}).status_code == 401
    assert state_of(folder) == before


def test_api3_properties_that_are_not_offered_are_refused(client: TestClient, folder: Path) -> None:
    before = state_of(folder)
    for method, path, body in (
        ("POST", "/v1/labels", {"name": "a", "like": ["red"], "folder": "/tmp"}),
        ("PATCH", "/v1/labels/red", {"name": "a", "count": 10**6}),
        ("POST", "/v1/labels/red/merge", {"into": "warm", "overwrite": True}),
        ("POST", "/v1/combine", {"plus": ["red"], "__class__": "x"}),
    ):
        answer = client.request(method, path, json=body, headers=HEADER)
        assert answer.status_code == 422, path
    assert state_of(folder) == before
    model = client.get("/v1/model").text
    assert str(folder) not in model
    assert SECRET not in model


def test_api4_what_one_request_may_cost_is_bounded(client: TestClient, png: bytes) -> None:
    many = [("file", ("p.png", png))] * 65
    assert client.post("/v1/tag", files=many).status_code == 400
    assert client.get("/v1/labels?top=1000000").status_code == 422
    assert client.get(f"/v1/labels?search={'a' * 300}").status_code == 422
    assert client.post("/v1/combine", json={"plus": ["red"] * 1000}).status_code == 422
    nested = b"[" * 100_000 + b"]" * 100_000
    headers = {"content-type": "application/json"}
    assert client.post("/v1/combine", content=nested, headers=headers).status_code in (400, 422)


def test_api5_reading_gives_no_right_to_change(reviewing: TestClient, pictures: Path) -> None:
    before = state_of(pictures)
    with reviewing as client:
        assert client.get("/v1/review").status_code == 200
        body = {"picture": 0, "label": "sky", "keep": True}
        for path in ("/v1/review/decisions", "/v1/review/undo"):
            assert client.post(path, json=body).status_code == 401
            hidden = {"X-HTTP-Method-Override": "GET"}
            assert client.post(path, json=body, headers=hidden).status_code == 401
    assert state_of(pictures) == before


def test_api7_addresses_in_a_request_are_not_opened(
    client: TestClient, png: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    def opened(*_: object, **__: object) -> None:
        raise AssertionError("the server opened a connection")

    monkeypatch.setattr(socket.socket, "connect", opened)
    monkeypatch.setattr(urllib.request, "urlopen", opened)
    form = {"url": "http://169.254.169.254/latest", "file": "http://169.254.169.254/"}
    assert client.post("/v1/tag", data=form).status_code in (415, 422)
    named = {"file": ("http://169.254.169.254/x.png", png)}
    assert client.post("/v1/tag", data={"url": form["url"]}, files=named).status_code == 200
    svg = b'<svg xmlns="http://www.w3.org/2000/svg"><image href="http://169.254.169.254/"/></svg>'
    refused = client.post("/v1/tag", files={"file": ("x.svg", svg)}).json()
    assert "SVG" in refused["results"][0]["error"]


def test_api8_other_sites_get_no_permission_and_errors_no_details(client: TestClient) -> None:
    asked = {"Origin": "http://example.org", "Access-Control-Request-Method": "POST"}
    for method, path in (("OPTIONS", "/v1/labels"), ("GET", "/v1/labels"), ("GET", "/nowhere")):
        answer = client.request(method, path, headers=asked)
        assert not [name for name in answer.headers if name.startswith("access-control")]
        assert "Traceback" not in answer.text
        assert "server" not in answer.headers
    for path in ("/docs", "/redoc", "/openapi.json", "/v1/debug", "/.env", "/page/"):
        assert client.get(path).status_code == 404
    assert client.request("TRACE", "/v1/labels").status_code in (401, 405)


def test_api9_every_route_is_described(client: TestClient) -> None:
    described = set(client.get("/v1/openapi.json").json()["paths"])
    served = {
        path.replace(":path}", "}")
        for path in (getattr(route, "path", "") for route in client.app.routes)  # type: ignore[attr-defined]
        if path.startswith("/v1/")
    }
    assert served - {"/v1/openapi.json"} <= described


@pytest.mark.parametrize(
    "name",
    [
        "../../../etc/passwd.png",
        "..\\..\\windows\\x.png",
        "/etc/cron.d/x.png",
        "<script>alert(1)</script>.png",
        "a\x00b.png",
        "$(touch owned).png",
        "x" * 5000,
    ],
)
def test_file_names_are_shown_and_never_used(
    reviewing: TestClient, folder: Path, pictures: Path, tmp_path: Path, png: bytes, name: str
) -> None:
    before = state_of(tmp_path), state_of(folder), state_of(pictures)
    with reviewing as client:
        answer = client.post("/v1/tag", files={"file": (name, png)})
        assert answer.status_code in (200, 400)
        if answer.status_code == 200:
            shown = answer.json()["results"][0]["name"]
            assert "/" not in shown
            assert "\\" not in shown
            assert len(shown) <= 200
        assert answer.headers["content-type"] == "application/json"
    assert (state_of(tmp_path), state_of(folder), state_of(pictures)) == before


def test_markup_in_a_label_is_text_in_every_answer(client: TestClient, folder: Path) -> None:
    body = {"name": "<script>alert(1)</script>", "like": ["red"]}
    kept = client.post("/v1/labels", json=body, headers=HEADER)
    assert kept.status_code == 201
    assert kept.headers["content-type"] == "application/json"
    assert body["name"] in ls.Tagger.load(folder).vocabulary.names
    xmp = client.post("/v1/sidecar", json={"format": "xmp", "tags": [{"label": body["name"]}]})
    assert b"<script>" not in xmp.content
    assert b"&lt;script&gt;" in xmp.content
