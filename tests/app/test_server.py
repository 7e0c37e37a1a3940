"""The HTTP interface, in this process."""

import json
from pathlib import Path

import pytest
from starlette.testclient import TestClient

import labelsphere as ls
from labelsphere.app.server import build_app
from labelsphere.app.settings import ServerSettings

SETS = [["red", "warm"], ["green", "plant"], ["blue", "sky"], ["red", "plant", "<b>rose</b>"]]
"""Tag sets of the training images, see conftest.py."""
FORM = {"content-type": "multipart/form-data; boundary=x"}


def files(*contents: bytes) -> list[tuple[str, tuple[str, bytes]]]:
    return [("file", (f"p{number}.png", data)) for number, data in enumerate(contents)]


def test_tags_equal_those_of_the_tagger(client: TestClient, folder: Path, png: bytes) -> None:
    tagger = ls.Tagger.load(folder)
    tagger.precision = "float32"  # As the server computes, on every processor.
    expected = tagger.tag(png, top=3)
    answer = client.post("/v1/tag?top=3", files=files(png))
    assert answer.status_code == 200
    found = answer.json()["results"][0]
    assert found["name"] == "p0.png"
    assert [tag["label"] for tag in found["tags"]] == [tag.label for tag in expected]
    assert found["tags"][0]["score"] == pytest.approx(expected[0].score, abs=1e-4)
    assert answer.headers["etag"] == answer.json()["model"]


def test_one_bad_picture_leaves_the_others_alone(client: TestClient, png: bytes) -> None:
    answer = client.post("/v1/tag", files=files(png, b"no picture", png[: len(png) // 2], b""))
    assert answer.status_code == 200
    good, *bad = answer.json()["results"]
    assert good["tags"]
    assert good["error"] is None
    for result in bad:
        assert result["tags"] == []
        assert result["error"]


def test_a_picture_as_the_whole_body(client: TestClient, png: bytes) -> None:
    answer = client.post("/v1/tag", content=png, headers={"content-type": "image/png"})
    assert answer.json()["results"][0]["tags"]


def test_the_answer_of_danboorus_autotagger(client: TestClient, png: bytes) -> None:
    found = client.post("/v1/tag?format=autotagger&top=2", files=files(png)).json()
    assert found[0]["filename"] == "p0.png"
    assert len(found[0]["tags"]) == 2
    assert all(isinstance(score, float) for score in found[0]["tags"].values())


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


def test_a_body_over_the_limit_that_does_not_say_so(client: TestClient) -> None:
    settings = client.app.state.services.settings  # type: ignore[attr-defined]
    chunk = b"x" * 500_000

    def body() -> object:
        for _ in range(settings.max_body_bytes // len(chunk) + 2):
            yield chunk

    answer = client.post("/v1/tag", content=body(), headers={"content-type": "image/png"})  # type: ignore[arg-type]
    assert answer.status_code == 413


def test_a_picture_of_too_many_pixels_is_not_decoded(client: TestClient) -> None:
    from io import BytesIO

    from PIL import Image

    out = BytesIO()
    Image.new("1", (1200, 1200)).save(out, "PNG")
    answer = client.post("/v1/tag", files=files(out.getvalue()))
    assert answer.status_code == 422
    assert "1,200 × 1,200 pixels" in answer.json()["results"][0]["error"]


def test_too_many_files(client: TestClient, png: bytes) -> None:
    assert client.post("/v1/tag", files=files(*[png] * 65)).status_code == 400


def test_a_full_queue_says_when_to_come_back(folder: Path, png: bytes) -> None:
    settings = ServerSettings(queue_size=2)
    with TestClient(build_app(folder, settings)) as client:
        answer = client.post("/v1/tag", files=files(png, png, png))
        assert answer.status_code == 503
        assert int(answer.headers["retry-after"]) > 0
        assert client.post("/v1/tag", files=files(png, png)).status_code == 200


def test_labels_are_found_by_parts_of_names(client: TestClient) -> None:
    found = client.get("/v1/labels").json()
    assert found["total"] == 7
    assert found["labels"][0] == {"name": "plant", "count": 24, "embedded": True, "aliases": []}
    assert [label["count"] for label in found["labels"]] == [24, 24, 12, 12, 12, 12, 12]
    assert [x["name"] for x in client.get("/v1/labels?search=ed").json()["labels"]] == ["red"]
    assert client.get("/v1/labels?search=PLA").json()["labels"][0]["name"] == "plant"
    assert len(client.get("/v1/labels?top=2&skip=6").json()["labels"]) == 1


def test_an_etag_saves_what_has_not_changed(client: TestClient, token: dict[str, str]) -> None:
    etag = client.get("/v1/labels").headers["etag"]
    for path in ("/v1/labels", "/v1/model"):
        again = client.get(path, headers={"if-none-match": etag})
        assert (again.status_code, again.content) == (304, b"")
    client.post("/v1/labels", json={"name": "new", "like": ["red"]}, headers=token)
    assert client.get("/v1/labels", headers={"if-none-match": etag}).status_code == 200


def test_neighbors_equal_those_of_the_space(client: TestClient, folder: Path) -> None:
    space = ls.LabelSpace.load(folder / "space")
    found = client.get("/v1/labels/red/neighbors?top=3").json()["neighbors"]
    assert [near["label"] for near in found] == [n.label for n in space.neighbors("red", top=3)]
    summed = client.post("/v1/combine", json={"plus": ["red", "plant"], "minus": ["warm"]})
    expected = space.combine("red", "plant", minus=["warm"], top=10)
    assert [n["label"] for n in summed.json()["neighbors"]] == [n.label for n in expected]


def test_unknown_labels(client: TestClient, token: dict[str, str]) -> None:
    assert client.get("/v1/labels/nope/neighbors").status_code == 404
    assert client.delete("/v1/labels/nope", headers=token).status_code == 404
    assert "'nope'" in client.post("/v1/combine", json={"plus": ["nope"]}).json()["error"]


def test_a_name_with_a_slash_or_markup(client: TestClient, token: dict[str, str]) -> None:
    assert client.get("/v1/labels/%3Cb%3Erose%3C%2Fb%3E/neighbors").status_code == 200
    new = {"name": "health / beauty", "like": ["red"]}
    assert client.post("/v1/labels", json=new, headers=token).status_code == 201
    assert client.get("/v1/labels/health / beauty/neighbors").status_code == 200
    assert client.delete("/v1/labels/health%20%2F%20beauty", headers=token).status_code == 200


def test_a_taught_label_is_on_disk_and_gets_pictures(
    client: TestClient, folder: Path, token: dict[str, str], png: bytes
) -> None:
    body = {"name": "crimson", "like": ["red", "warm"]}
    tried = client.post("/v1/labels", json={**body, "preview": True}, headers=token)
    assert tried.status_code == 200
    assert {near["label"] for near in tried.json()["neighbors"][:2]} == {"red", "warm"}
    assert "crimson" not in ls.Tagger.load(folder).vocabulary.names

    form = {"label": json.dumps(body)}
    shown = client.post("/v1/labels/preview", data=form, files=files(png, b"x"), headers=token)
    good, bad = shown.json()["results"]
    assert 1 <= good["rank"] <= 8
    assert bad["error"]

    kept = client.post("/v1/labels", json=body, headers=token)
    assert kept.status_code == 201
    assert kept.json()["labels"] == 8
    assert "crimson" in ls.Tagger.load(folder).vocabulary.names
    tags = client.post("/v1/tag", files=files(png)).json()["results"][0]["tags"]
    rank = 1 + [tag["label"] for tag in tags].index("crimson")
    assert rank == good["rank"]
    again = client.post("/v1/labels", json=body, headers=token)
    assert again.status_code == 422


def test_labels_from_counts_and_from_examples(client: TestClient, token: dict[str, str]) -> None:
    counts = {"name": "moss", "counts": {"green": 9, "plant": 9}, "images": 10}
    assert client.post("/v1/labels", json=counts, headers=token).status_code == 201
    examples = {"name": "dusk", "examples": [["blue", "sky"], ["sky", "red"], ["sky"]]}
    found = client.post("/v1/labels", json=examples, headers=token).json()
    assert "neighbors" in found, found
    assert "sky" in [near["label"] for near in found["neighbors"][:3]]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"name": "a"},
        {"name": " ", "like": ["red"]},
        {"name": "a", "like": ["red"], "counts": {"red": 1}},
        {"name": "a", "like": ["nope"]},
        {"name": "a", "counts": {"red": -1}, "images": 3},
        {"name": "a", "counts": {"red": "x"}},
        {"name": "a" * 300, "like": ["red"]},
        {"name": "a", "like": ["red"], "unknown": 1},
        [],
        None,
    ],
)
def test_new_labels_that_are_refused(
    client: TestClient, folder: Path, token: dict[str, str], body: object
) -> None:
    answer = client.post("/v1/labels", json=body, headers=token)
    assert answer.status_code in (404, 422)
    assert answer.json()["error"]
    assert len(ls.Tagger.load(folder).vocabulary) == 7


def test_rename_alias_merge_and_remove(
    client: TestClient, folder: Path, token: dict[str, str]
) -> None:
    def call(method: str, path: str, body: object = None) -> int:
        answer = client.request(method, path, json=body, headers=token)
        assert answer.status_code == 200, answer.text
        return int(answer.json()["labels"])

    assert call("PATCH", "/v1/labels/red", {"name": "scarlet"}) == 7
    assert call("PATCH", "/v1/labels/sky", {"aliases": ["heaven"]}) == 7
    assert call("POST", "/v1/labels/warm/merge", {"into": "scarlet"}) == 6
    assert call("DELETE", "/v1/labels/green") == 5
    found = {x["name"]: x["aliases"] for x in client.get("/v1/labels").json()["labels"]}
    assert set(found["scarlet"]) == {"red", "warm"}
    assert found["sky"] == ["heaven"]
    assert ls.Tagger.load(folder).vocabulary.index("warm") == ls.Tagger.load(
        folder
    ).vocabulary.index("scarlet")


@pytest.mark.parametrize("header", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": "x"}])
def test_changes_need_the_token(client: TestClient, folder: Path, header: dict[str, str]) -> None:
    calls = [
        ("POST", "/v1/labels", {"name": "a", "like": ["red"]}),
        ("PATCH", "/v1/labels/red", {"name": "a"}),
        ("DELETE", "/v1/labels/red", None),
        ("POST", "/v1/labels/red/merge", {"into": "sky"}),
        ("POST", "/v1/review/decisions", {"picture": 0, "label": "a", "keep": True}),
    ]
    for method, path, body in calls:
        answer = client.request(method, path, json=body, headers=header)
        assert answer.status_code == 401
        assert "Bearer TOKEN" in answer.json()["error"]
    assert len(ls.Tagger.load(folder).vocabulary) == 7


def test_where_others_can_reach_it_everything_needs_the_token(folder: Path, png: bytes) -> None:
    settings = ServerSettings(host="0.0.0.0", token="a-long-secret")
    with TestClient(build_app(folder, settings)) as client:
        for path in ("/v1/labels", "/v1/model", "/metrics", "/v1/openapi.json", "/v1/map"):
            assert client.get(path).status_code == 401
        assert client.post("/v1/tag", files=files(png)).status_code == 401
        assert client.get("/v1/health").status_code == 200
        assert client.get("/").status_code == 200
        good = {"Authorization": "Bearer a-long-secret"}
        assert client.get("/v1/labels", headers=good).status_code == 200


def test_another_name_for_this_machine_is_refused(client: TestClient) -> None:
    assert client.get("/v1/labels", headers={"host": "example.org"}).status_code == 400


@pytest.mark.parametrize(
    "path",
    [
        "/page/../server.py",
        "/page/%2e%2e/server.py",
        "/page/..%2fserver.py",
        "/page//etc/passwd",
        "/v1/review/pictures/..%2f..%2fetc%2fpasswd",
        "/page/%00",
    ],
)
def test_no_way_out_of_the_page(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code in (404, 405, 422)
    assert b"import" not in answer.content


def test_headers_that_keep_the_page_to_itself(client: TestClient) -> None:
    for path in ("/", "/page/main.js", "/v1/labels", "/nowhere"):
        headers = client.get(path).headers
        assert headers["content-security-policy"].startswith("default-src 'self'")
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"


def test_the_page_names_nothing_elsewhere() -> None:
    import labelsphere.app

    page = Path(labelsphere.app.__file__).parent / "page"
    texts = {path.name: path.read_text(encoding="utf-8") for path in page.iterdir()}
    for name, text in texts.items():
        assert "https://" not in text, name
        assert "http://" not in text.replace("http://www.w3.org/2000/svg", ""), name
        assert "innerHTML" not in text, name
    for script in (name for name in texts if name.endswith(".js")):
        assert any(script in text for name, text in texts.items() if name != script)


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


def test_openapi_describes_every_route(client: TestClient) -> None:
    paths = client.get("/v1/openapi.json").json()["paths"]
    assert {"/v1/tag", "/v1/labels", "/v1/labels/{name}/neighbors", "/v1/combine"} <= set(paths)
    assert all("summary" in call for path in paths.values() for call in path.values())


def test_the_map_is_made_once_and_kept(client: TestClient, folder: Path) -> None:
    found = client.get("/v1/map").json()
    assert sorted(found["names"]) == sorted(ls.Tagger.load(folder).vocabulary.names)
    assert len(found["x"]) == len(found["y"]) == len(found["groups"]) == 7
    kept = list(folder.glob("map-*.safetensors"))
    assert len(kept) == 1
    assert client.get("/v1/map").json() == found


def test_sidecars_from_the_page(client: TestClient) -> None:
    tags = [{"label": "red", "probability": 0.9}, {"label": "plant", "probability": None}]
    text = client.post("/v1/sidecar", json={"format": "txt", "tags": tags})
    assert text.text == "red, plant\n"
    xmp = client.post("/v1/sidecar", json={"format": "xmp", "tags": tags})
    assert b"<rdf:li>red</rdf:li>" in xmp.content


def test_similar_training_images(client: TestClient, png: bytes) -> None:
    found = client.post("/v1/similar", files=files(png)).json()["images"]
    assert len(found) == 4
    assert {frozenset(image["labels"]) for image in found} == set(map(frozenset, SETS))
    assert [x["proximity"] for x in found] == sorted((x["proximity"] for x in found), reverse=True)
