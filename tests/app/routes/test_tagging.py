"""Tags of pictures, over HTTP."""

from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from starlette.testclient import TestClient

import labelsphere as ls
from labelsphere.app.served import TagRequest
from labelsphere.app.served_tagger import ServedTagger
from labelsphere.app.server import build_app
from labelsphere.app.settings import ServerSettings
from labelsphere.tagger.decoders import DecoderWeights

SETS = [["red", "warm"], ["green", "plant"], ["blue", "sky"], ["red", "plant", "<b>rose</b>"]]
"""Tag sets of the training images, see conftest.py."""


def files(*contents: bytes) -> list[tuple[str, tuple[str, bytes]]]:
    """A form with some files."""
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


def test_the_answer_of_danboorus_autotagger(client: TestClient, png: bytes) -> None:
    found = client.post("/v1/tag?format=autotagger&top=2", files=files(png)).json()
    assert found[0]["filename"] == "p0.png"
    assert len(found[0]["tags"]) == 2
    assert all(isinstance(score, float) for score in found[0]["tags"].values())


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


def test_the_order_goes_from_likely_to_specific(
    client: TestClient, folder: Path, png: bytes
) -> None:
    tagger = ls.Tagger.load(folder)
    # Weights that tell the two orders apart: the prior counts for one and against the other.
    kind_weights = replace(tagger.decoder_weights or DecoderWeights((0.5, 0.5)), prior=1.0)
    tagger.decoder_weights = replace(kind_weights, specific_prior=-4.0, concentration=14.0)
    tagger.save(folder, overwrite=True)
    tagger = ls.Tagger.load(folder)
    tagger.precision = "float32"
    scores = {
        specific: tagger.decoder(specific=specific).scores(tagger.points(tagger.prepare([png])))[0]
        for specific in (False, True)
    }
    with TestClient(build_app(folder, ServerSettings())) as other:
        for share in (0.0, 0.25, 1.0):
            body = other.post(f"/v1/tag?top=7&specific={share}", files=files(png)).json()
            found = [tag["label"] for tag in body["results"][0]["tags"]]
            mixed = (1 - share) * scores[False] + share * scores[True]
            ranks = [float(mixed[tagger.vocabulary.index(label)]) for label in found]
            assert ranks == pytest.approx(sorted(ranks, reverse=True), abs=1e-3)
    assert client.post("/v1/tag?specific=1.5", files=files(png)).status_code == 422


def test_requests_of_one_batch_have_their_own_order_and_number(saved: Path, png: bytes) -> None:
    served = ServedTagger(saved)
    square = served.prepare(png)
    wanted = [TagRequest(square, 0.0, 3), TagRequest(square, 1.0, 5), TagRequest(square, 0.0, 1)]
    found = served.tag(wanted)
    assert [len(one.tags) for one in found] == [3, 5, 1]
    assert found[0].tags[0] == found[2].tags[0]
    alone = served.tag([wanted[1]])[0]
    assert [tag.label for tag in found[1].tags] == [tag.label for tag in alone.tags]


def test_pictures_of_the_training_are_shown_beside_one(folder: Path, pictures: Path) -> None:
    (pictures / "b.txt").write_text("blue, sky")
    (pictures / "sub" / "c.txt").write_text("unknown to the tagger")
    shown = (pictures / "b.png").read_bytes()
    with TestClient(build_app(folder, ServerSettings(pictures=pictures))) as client:
        assert client.get("/v1/model").json()["pictures"] is True
        found = client.post("/v1/similar", files=files(shown)).json()["images"]
        # The third picture's tag has no place in the label space.
        assert [sorted(image["labels"]) for image in found] == [["red", "wrong"], ["blue", "sky"]]
        picture = client.get(f"/v1/pictures/{found[0]['picture']}")
        assert picture.headers["content-type"] == "image/jpeg"
        assert Image.open(BytesIO(picture.content)).size == (24, 20)
        assert client.get("/v1/pictures/99").status_code == 404
        assert client.get("/v1/pictures/..%2fa.txt").status_code in (404, 422)


def test_without_a_table_no_pictures_are_shown(client: TestClient, png: bytes) -> None:
    assert client.get("/v1/pictures/0").status_code == 404
    found = client.post("/v1/similar", files=files(png)).json()["images"]
    assert {image["picture"] for image in found} == {None}
