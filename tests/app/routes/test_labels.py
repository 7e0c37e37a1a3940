"""Labels, over HTTP: found, compared, taught and changed."""

import json
from pathlib import Path

import pytest
from starlette.testclient import TestClient

import labelsphere as ls


def files(*contents: bytes) -> list[tuple[str, tuple[str, bytes]]]:
    """A form with some files."""
    return [("file", (f"p{number}.png", data)) for number, data in enumerate(contents)]


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
